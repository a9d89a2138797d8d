import { relative } from 'node:path';
import { formatDuration, interruptible, sourceDateEpoch, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { PackageChange } from '../../lock/changes.ts';
import type { LockUpdate } from '../../lock/lock-packages.ts';
import { openDescription, type OsImageOptions } from '../project.ts';
import { sourcesIn } from '../rootfs/sources.ts';
import { openStages } from '../stages.ts';

/** Looks up what a build of the project installs today, writes packages.lock, and says what is different now. */
export async function runLock(options: OsImageOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const { description, name } = await openDescription(options, context);
  const { lockPackages } = await import('../../lock/lock-packages.ts');
  const notes: string[] = [];
  const stages = openStages(`${name}:lock`);
  try {
    const update = await interruptible((signal) =>
      lockPackages({
        description,
        project: name,
        // The one place where the clock has a say: a lock tells when its packages were looked up.
        now: sourceDateEpoch() ?? Math.floor(Date.now() / 1000),
        sources: sourcesIn(description, context),
        signal,
        note: (text) => notes.push(text),
        stage: stages.stage,
      }),
    );
    const lines = [
      ...report(update, context.root, performance.now() - started),
      ...notes.map((note) => `  note: ${note}`),
    ];
    return { success: true, terminalOutput: `${lines.join('\n')}\n` };
  } finally {
    stages.finish();
  }
}

function report(update: LockUpdate, root: string, time: number): string[] {
  const several = new Set(all(update).map(({ architecture }) => architecture)).size > 1;
  const named = ({ architecture, name }: PackageChange) => (several ? `${name} (${architecture})` : name);
  const lines = [
    ...update.added.map((each) => `  + ${named(each)} ${each.to}`),
    ...update.removed.map((each) => `  - ${named(each)} ${each.from}`),
    ...update.upgraded.map((each) => `  ↑ ${named(each)} ${each.from} → ${each.to}`),
    ...update.downgraded.map((each) => `  ↓ ${named(each)} ${each.from} → ${each.to}`),
  ];
  const counts = (['added', 'removed', 'upgraded', 'downgraded'] as const)
    .filter((kind) => update[kind].length > 0)
    .map((kind) => `${update[kind].length} ${kind}`);
  const what = counts.length === 0 ? 'nothing has changed' : counts.join(', ');
  return [...lines, `${relative(root, update.file)}: ${update.count} packages, ${what}, in ${formatDuration(time)}`];
}

function all({ added, removed, upgraded, downgraded }: LockUpdate): readonly PackageChange[] {
  return [...added, ...removed, ...upgraded, ...downgraded];
}
