import { availableParallelism } from 'node:os';
import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { outcomeOf, type RunOne } from './outcome.ts';

/** What Nx wants to hear of each task of a batch. Times in milliseconds since the epoch. */
export interface BatchTaskResult {
  readonly task: string;
  readonly result: {
    success: boolean;
    terminalOutput: string;
    startTime: number;
    endTime: number;
    status?: 'success' | 'failure' | 'skipped';
  };
}

/**
 * An Nx `batchImplementation` out of the plain function behind an executor: one process for all tasks of a run.
 * A task starts when its dependencies within the batch have succeeded, and is skipped if one of them has not.
 * @param parallel how many run at a time; default: as many as there are processors, at most 8
 */
export function batch<Options>(runOne: RunOne<Options>, parallel = Math.min(8, availableParallelism())) {
  return async function* runBatch(
    taskGraph: TaskGraph,
    options: Record<string, Options>,
    _overrides: Options,
    context: ExecutorContext,
  ): AsyncGenerator<BatchTaskResult> {
    const waiting = new Set(Object.keys(taskGraph.tasks));
    const results = new Map<string, BatchTaskResult>();
    const running = new Map<string, Promise<BatchTaskResult>>();

    while (waiting.size > 0 || running.size > 0) {
      for (const id of waiting) {
        if (running.size >= parallel) break;
        const needs = dependenciesOf(taskGraph, id);
        if (needs.some((need) => waiting.has(need) || running.has(need))) continue;
        waiting.delete(id);
        const failed = needs.find((need) => !results.get(need)?.result.success);
        const run = failed ? Promise.resolve(skipped(id, failed)) : start(taskGraph.tasks[id]!);
        running.set(id, run);
      }
      if (running.size === 0) throw new Error(`the tasks ${[...waiting].join(', ')} wait for each other`);
      const next = await Promise.race(running.values());
      running.delete(next.task);
      results.set(next.task, next);
      yield next;
    }

    async function start(task: Task): Promise<BatchTaskResult> {
      const startTime = Date.now();
      const outcome = await outcomeOf(runOne, options[task.id]!, contextOf(task, context));
      const terminalOutput = outcome.terminalOutput ?? '';
      return { task: task.id, result: { success: outcome.success, terminalOutput, startTime, endTime: Date.now() } };
    }
  };
}

/** The tasks of the batch itself that must come first. */
function dependenciesOf(taskGraph: TaskGraph, id: string): string[] {
  return (taskGraph.dependencies[id] ?? []).filter((need) => need in taskGraph.tasks);
}

function skipped(task: string, because: string): BatchTaskResult {
  const now = Date.now();
  const terminalOutput = `skipped: ${because} failed`;
  return { task, result: { success: false, status: 'skipped', terminalOutput, startTime: now, endTime: now } };
}

/** The context that the executor would have got, had it run alone. */
function contextOf(task: Task, context: ExecutorContext): ExecutorContext {
  const { project, target, configuration } = task.target;
  const configured = context.projectGraph.nodes[project]?.data.targets?.[target];
  return {
    ...context,
    projectName: project,
    targetName: target,
    ...(configuration === undefined ? {} : { configurationName: configuration }),
    ...(configured === undefined ? {} : { target: configured }),
  };
}
