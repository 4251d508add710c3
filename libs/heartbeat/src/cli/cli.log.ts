import type { AgentLog } from '../telemetry/agent.log.js';

/** One line for each event; what is routine only if `isVerbose`. */
export class CliLog implements AgentLog {
  constructor(
    private readonly write: (text: string) => void,
    private readonly isVerbose: boolean,
  ) {}

  log(line: string): void {
    this.write(`vitals-agent: ${oneLine(line)}\n`);
  }

  warn(line: string): void {
    this.log(`warning: ${line}`);
  }

  error(line: string): void {
    this.log(`error: ${line}`);
  }

  debug(line: string): void {
    if (this.isVerbose) this.log(line);
  }
}

/** What others said may hold anything; a terminal does what control characters tell it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
