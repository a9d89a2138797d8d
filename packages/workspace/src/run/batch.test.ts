import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../error.ts';
import { batch, type BatchTaskResult } from './batch.ts';
import { executor } from './outcome.ts';

function graph(dependencies: Record<string, string[]>): TaskGraph {
  const tasks = Object.fromEntries(
    Object.keys(dependencies).map((id) => [
      id,
      { id, target: { project: id.split(':')[0], target: id.split(':')[1] } },
    ]),
  );
  return { tasks, dependencies, roots: [], continuousDependencies: {} } as unknown as TaskGraph;
}

const context = {
  root: '/w',
  projectGraph: { nodes: { a: { data: { targets: { image: { executor: 'x' } } } } } },
} as unknown as ExecutorContext;

async function all(results: AsyncIterable<BatchTaskResult>): Promise<BatchTaskResult[]> {
  return Array.fromAsync(results);
}

describe('batch', () => {
  it('runs a task after its dependencies, and no more than its limit at a time', async () => {
    const started: string[] = [];
    let running = 0;
    let most = 0;
    const run = batch<{ n: string }>(async ({ n }) => {
      started.push(n);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { success: true, terminalOutput: n };
    }, 2);
    const tasks = graph({
      'top:image': ['a:image', 'b:image'],
      'a:image': [],
      'b:image': ['a:image', 'elsewhere:build'],
      'c:image': [],
    });
    const options = Object.fromEntries(Object.keys(tasks.tasks).map((id) => [id, { n: id }]));
    const results = await all(run(tasks, options, { n: '' }, context));
    expect(started.indexOf('b:image')).toBeGreaterThan(started.indexOf('a:image'));
    expect(started.at(-1)).toBe('top:image');
    expect(most).toBe(2);
    expect(results.map(({ task }) => task).sort()).toEqual(['a:image', 'b:image', 'c:image', 'top:image']);
    expect(results.every(({ task, result }) => result.success && result.terminalOutput === task)).toBe(true);
  });

  it('reports a failure with its place, skips what needs it, and goes on with the rest', async () => {
    const run = batch<object>(async (_, { projectName }) => {
      if (projectName !== 'a') return { success: true };
      throw new ProjectError('INGOT_X', 'wrong', { place: { file: '/w/a/image.yaml', line: 2, column: 3 } });
    }, 1);
    const tasks = graph({ 'a:image': [], 'b:image': ['a:image'], 'c:image': [] });
    const results = new Map((await all(run(tasks, {}, {}, context))).map(({ task, result }) => [task, result]));
    expect(results.get('a:image')).toMatchObject({
      success: false,
      terminalOutput: 'a/image.yaml:2:3  INGOT_X  wrong',
    });
    expect(results.get('b:image')).toMatchObject({ success: false, status: 'skipped' });
    expect(results.get('c:image')).toMatchObject({ success: true, terminalOutput: '' });
  });

  it('gives each task the context that it would have had alone', async () => {
    const seen: unknown[] = [];
    const run = batch<object>(async (_, { projectName, targetName, target }) => {
      seen.push({ projectName, targetName, target });
      return { success: true };
    });
    await all(run(graph({ 'a:image': [] }), {}, {}, context));
    expect(seen).toEqual([{ projectName: 'a', targetName: 'image', target: { executor: 'x' } }]);
  });
});

describe('executor', () => {
  it('turns a thrown error into a failure', async () => {
    const failing = executor<object>(() => Promise.reject(new ProjectError('INGOT_X', 'expected in this test')));
    expect(await failing({}, context)).toEqual({ success: false });
  });
});
