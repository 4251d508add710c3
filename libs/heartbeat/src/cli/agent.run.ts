import { once } from 'node:events';
import { readJson } from '@vitals/core/json';
import { SystemClock } from '@vitals/core/time';
import { HeartbeatAgent } from '../agent/heartbeat.agent.js';
import { type AgentLog, logAgent } from '../telemetry/agent.log.js';
import type { ProviderInfo } from '../wire/provider.js';
import type { CliSettings } from './arguments.js';
import { type CommandResult, runCommand } from './command.js';
import { checkByCommand, checkByHttp, type PhaseCheck } from './phase-check.js';
import { PhaseWatch } from './phase.watch.js';

/** Exit code: the control plane refused this provider for good. */
export const EXIT_REFUSED = 3;

/** What commands need not know. */
const SECRETS = ['VITALS_TOKEN', 'VITALS_REGISTRATION_TOKEN'];

/** One run of the command-line agent: the heartbeats, the check that their phase follows from, the commands. */
export class AgentRun {
  private readonly clock = new SystemClock();
  private readonly over = new AbortController();
  private readonly agent: HeartbeatAgent;
  private readonly watch: PhaseWatch | undefined;
  private draining: Promise<unknown> = Promise.resolve();

  /** @throws VitalsError `declaration-invalid` for a token that is none */
  constructor(
    private readonly settings: CliSettings,
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: AgentLog,
  ) {
    const { agent, info, infoCommand, drainCommand } = settings;
    const check = this.checkOf(settings);
    this.watch =
      check &&
      new PhaseWatch(check, settings.checkEveryMs, this.clock, ({ phase, why }) => {
        log.log(`${phase}: ${why}`);
        this.agent.phaseChanged();
      });
    const { watch } = this;
    const askInfo = infoCommand ? () => this.askInfo(infoCommand) : info && (() => info);
    this.agent = new HeartbeatAgent(
      {
        ...agent,
        ...(watch && { readiness: () => watch.phase }),
        ...(askInfo && { info: askInfo }),
        ...(drainCommand && { onDrain: () => this.drain(drainCommand) }),
      },
      this.clock,
    );
    logAgent(this.agent, log);
  }

  /**
   * Runs until `stop` fires or the control plane refuses the provider, and whatever was started has ended.
   * @returns the exit code
   */
  async until(stop: AbortSignal): Promise<number> {
    const refused = new Promise<number>((resolve) => this.agent.on('refused', () => resolve(EXIT_REFUSED)));
    const stopped = stop.aborted ? 0 : once(stop, 'abort').then(() => 0);
    this.agent.start();
    const watching = this.watch?.run(this.over.signal);
    const code = await Promise.race([refused, stopped]);
    this.over.abort();
    await Promise.all([watching, this.draining, this.agent.stop()]);
    return code;
  }

  private checkOf({ checkCommand, checkUrl, checkTimeoutMs }: CliSettings): PhaseCheck | undefined {
    if (checkUrl) return checkByHttp(checkUrl, checkTimeoutMs);
    return checkCommand ? checkByCommand(checkCommand, checkTimeoutMs, () => this.commandEnv()) : undefined;
  }

  private async askInfo(command: string): Promise<ProviderInfo> {
    const { code, output, summary } = await this.run(command, this.settings.checkTimeoutMs);
    if (code !== 0) throw new Error(`--info-exec: ${summary}`);
    const told = readJson(output, '--info-exec: the output');
    return { capacity: {}, ...this.settings.info, ...(told as Partial<ProviderInfo>) };
  }

  /** One after the other, should another request come before the last one was done. */
  private drain(command: string): void {
    this.draining = this.draining
      .then(() => this.run(command))
      .then(({ summary }) => this.log.log(`--on-drain: ${summary}`));
  }

  private run(command: string, timeoutMs?: number): Promise<CommandResult> {
    return runCommand(command, { timeoutMs, signal: this.over.signal, env: this.commandEnv() });
  }

  private commandEnv(): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = { ...this.env, VITALS_NAME: this.agent.name };
    for (const secret of SECRETS) delete env[secret];
    if (this.agent.drainRequested) env['VITALS_DRAIN_REQUESTED'] = '1';
    return env;
  }
}
