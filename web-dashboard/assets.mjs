// What Maven calls: installs the packages and builds or tests the page, each only when its inputs changed.
// node assets.mjs build DIRECTORY | node assets.mjs test
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const room = dirname(fileURLToPath(import.meta.url));
const configuration = [
    'package.json',
    'package-lock.json',
    'index.html',
    'vite.config.ts',
    'svelte.config.js',
    'tsconfig.json',
    'assets.mjs',
];
const [task, directory] = process.argv.slice(2);

switch (task) {
    case 'build':
        if (directory === undefined) throw new Error('assets build: the directory to write to is missing');
        build(resolve(directory));
        break;
    case 'test':
        install();
        npm(['run', '--silent', 'test']);
        break;
    default:
        throw new Error(`assets: found task ${task}, expected build or test`);
}

function build(output) {
    const stamp = join(room, 'target', 'assets.sha256');
    const inputs = digest(
        [...configuration, ...filesOf('src').filter((file) => !file.endsWith('.test.ts')), ...filesOf('public')],
        output,
    );
    if (read(stamp) === inputs && existsSync(join(output, 'index.html'))) {
        console.log('dashboard: unchanged since it was built');
        return;
    }
    rmSync(stamp, { force: true });
    install();
    npm(['run', '--silent', 'build'], { SKEIN_DASHBOARD_OUT: output });
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, inputs);
}

function install() {
    const stamp = join(room, 'node_modules', '.lock.sha256');
    const lock = digest(['package.json', 'package-lock.json'], process.version);
    if (read(stamp) === lock) return;
    npm(['ci', '--no-audit', '--no-fund']);
    writeFileSync(stamp, lock);
}

function npm(args, environment = {}) {
    const { status, error } = spawnSync('npm', args, {
        cwd: room,
        stdio: 'inherit',
        env: { ...process.env, ...environment },
    });
    if (error !== undefined)
        throw new Error(`dashboard: npm cannot be started (${error.message}); Node 20.19 or later with npm is needed`);
    if (status !== 0) process.exit(status ?? 1);
}

function digest(files, salt) {
    const hash = createHash('sha256').update(salt);
    for (const file of files.toSorted()) hash.update(`\0${file}\0`).update(readFileSync(join(room, file)));
    return hash.digest('hex');
}

function filesOf(directory) {
    return readdirSync(join(room, directory)).flatMap((name) => {
        const path = join(directory, name);
        return statSync(join(room, path)).isDirectory() ? filesOf(path) : [path];
    });
}

function read(file) {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
