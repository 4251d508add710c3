import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
const DEFAULT_START_WITHIN_MS = 20_000;
const LOG_FILE = 'service.log';
/** A server that tests start, hang, end and start again; all of its processes are ended with it. */
export class Service {
    constructor(options) {
        this.options = options;
        process.once('exit', () => this.child?.kill('SIGKILL'));
    }
    get port() {
        return this.options.port;
    }
    /** Resolves once it listens; rejects with the end of its log if it does not. */
    async start() {
        const { command, args, folder, environment, user, port, startWithinMs } = this.options;
        const log = openSync(join(folder, LOG_FILE), 'a');
        const { PATH = '', HOME = folder } = process.env;
        const child = spawn(command, args, {
            cwd: folder,
            env: { PATH, HOME, ...environment },
            stdio: ['ignore', log, log],
            ...user,
        });
        closeSync(log);
        this.child = child;
        let failure;
        child.on('error', (error) => (failure = error));
        const deadlineMs = performance.now() + (startWithinMs ?? DEFAULT_START_WITHIN_MS);
        while (!(await listens(port))) {
            if (failure)
                throw failure;
            if (child.exitCode !== null || performance.now() > deadlineMs)
                throw new Error(this.startFailure());
            await wait(50);
        }
        return this;
    }
    /** Makes it hang: its connections stay open, and nothing is answered. Resolves once no thread runs any more. */
    async hang() {
        this.signal('SIGSTOP');
        while (!this.processes().every(isStopped))
            await wait(10);
    }
    /** Ends what `hang` began. */
    resume() {
        this.signal('SIGCONT');
    }
    /** Ends it as a crash would; it may be started again. */
    async kill() {
        const { child } = this;
        if (!child || child.exitCode !== null || child.signalCode !== null)
            return;
        const ended = once(child, 'exit');
        this.signal('SIGKILL');
        await ended;
    }
    /** Ends it and removes its folder. */
    async remove() {
        await this.kill();
        rmSync(this.options.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    processes() {
        const pid = this.child?.pid;
        return pid === undefined ? [] : processTree(pid);
    }
    signal(signal) {
        for (const each of this.processes()) {
            try {
                process.kill(each, signal);
            }
            catch {
                // it has ended meanwhile
            }
        }
    }
    startFailure() {
        const log = readFileSync(join(this.options.folder, LOG_FILE), 'utf8');
        return `${this.options.name} did not listen on port ${this.port}; its log ends with:\n${log.slice(-2_000)}`;
    }
}
/** A process and all that it started, the oldest first. */
function processTree(root) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const parents = lines.map((line) => line.trim().split(/\s+/).map(Number));
    const tree = [root];
    for (const pid of tree)
        tree.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
    return tree;
}
/** Stopped by a signal, or ended. */
function isStopped(pid) {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() === '' || /^[TZ]/.test(stdout);
}
function listens(port) {
    return new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port });
        const settle = (isOpen) => {
            socket.destroy();
            resolve(isOpen);
        };
        socket.once('connect', () => settle(true));
        socket.once('error', () => settle(false));
    });
}
//# sourceMappingURL=service.js.map