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
  return [
    `curl -X POST ${quoted(`${origin}/v1/messages`)}`,
    `  -H 'content-type: application/json'`,
    `  -d ${quoted(JSON.stringify(message))}`,
  ].join(' \\\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
