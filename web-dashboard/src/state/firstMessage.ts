/** The command that sends a network its first message, ready for a POSIX shell. */
export function firstMessageCommand(origin: string, networkId: string, now: Date): string {
  const message = {
    messageId: `m-${now.getTime()}`,
    networkId,
    agentId: 'planner',
    targetAgents: ['buyer'],
    type: 'request',
    timestamp: now.toISOString(),
    content: { task: 'order paper' },
  };
  const fields = Object.entries(message).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const body = `{\n${fields.join(',\n')}\n}`;
  return `curl -X POST ${quoted(`${origin}/v1/messages`)} -H 'content-type: application/json' -d ${quoted(body)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
