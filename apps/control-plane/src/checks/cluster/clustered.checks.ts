import { Injectable, type Provider } from '@nestjs/common';
import { CheckJudge } from '../check.judge.js';
import { TaskUpkeep } from '../execution/check.tasks.js';
import { CommandSource } from '../execution/task.scheduler.js';
import { CheckTicker } from './check.ticker.js';
import { ClusterJudge } from './cluster.judge.js';
import { CommandConsumer } from './command.consumer.js';
import { HeardSince } from './heard.since.js';
import { JudgedChecks } from './judged.checks.js';
import { TaskOutbox } from './task.outbox.js';
import { TaskRelay } from './task.relay.js';
import { TaskTopic } from './task.topic.js';

/** What ticks, and what ends, follows from the checks on the owner of their partition: see `CheckTicker`. */
@Injectable()
class TasksOfOwner extends TaskUpkeep {
  reschedule(): void {}

  end(): void {}
}

/** How checks are ticked, executed and judged by one of several instances. */
export const CLUSTERED: Provider[] = [
  HeardSince,
  JudgedChecks,
  { provide: CheckJudge, useClass: ClusterJudge },
  { provide: TaskUpkeep, useClass: TasksOfOwner },
  CheckTicker,
  CommandConsumer,
  { provide: CommandSource, inject: [CommandConsumer], useFactory: CommandSource.of },
  TaskOutbox,
  TaskTopic,
  TaskRelay,
];
