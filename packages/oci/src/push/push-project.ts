import { join } from 'node:path';
import {
  checkOptions,
  formatBytes,
  formatDuration,
  optionPath,
  progress,
  projectNode,
  registriesOf,
  withPlace,
  type Outcome,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { PushDefaults, PushDescription } from './description.ts';
import type { Pushable } from './pushable.ts';
import { afterOthers } from './after-others.ts';
import type { Pushed } from './push.ts';
import type { PushResult } from './result.ts';

/** A kind of project file whose project is pushed. */
export interface PushedKind {
  /** Its name, where no option says another. */
  readonly file: string;
  /** Reads it (an absolute path). Throws ProjectErrors at their places. */
  read(path: string, defaults: PushDefaults): Promise<PushDescription>;
  /** Finds what the project's target has made. */
  open(description: PushDescription, context: ExecutorContext): Promise<Pushable>;
}

/** The options of executors that push. */
export interface PushProjectOptions {
  readonly file?: string;
  readonly repository?: string | readonly string[];
  readonly tag?: string | readonly string[];
  readonly registry?: string;
  readonly dryRun?: boolean;
  readonly resultFile?: string;
}

/** Pushes what the context's project has made to its repositories, and says what came of it. Throws what is wrong. */
export async function pushProject(
  options: PushProjectOptions,
  context: ExecutorContext,
  kind: PushedKind,
): Promise<Outcome> {
  const started = performance.now();
  checkOptions(options, {
    file: undefined,
    repository: undefined,
    tag: undefined,
    registry: undefined,
    dryRun: ['true', 'false'],
    resultFile: undefined,
  });
  const projectRoot = projectNode(context, context.projectName!).data.root;
  const description = await kind.read(join(context.root, projectRoot, options.file ?? kind.file), {
    registry: options.registry,
    repositories: listOf(options.repository),
    tags: listOf(options.tag),
  });
  const what = await kind.open(description, context);
  // Nx sets it for what a dry run of a release depends on.
  if (options.dryRun === true || process.env['NX_DRY_RUN'] === 'true') {
    const { dryRun } = await import('./dry-run.ts');
    return { success: true, terminalOutput: await dryRun(description, what, await registriesOf(context)) };
  }
  const pushed = await pushAll(description, what, context);
  const { pushResult, writePushResult } = await import('./result.ts');
  const result = pushResult(description, what, pushed);
  const file = optionPath(options.resultFile ?? '{projectRoot}/dist/push.json', context.root, projectRoot);
  await writePushResult(file, result);
  const { ironicLines } = await import('../artifact/ironic-lines.ts');
  const lines = (result.ironic ?? []).map((settings) => `\n${ironicLines(settings)}\n`).join('');
  return { success: true, terminalOutput: report(result, performance.now() - started) + lines };
}

async function pushAll(description: PushDescription, what: Pushable, context: ExecutorContext): Promise<Pushed[]> {
  const { pushTo, sizeOf } = await import('./push.ts');
  const { makeAttachments } = await import('./attachment.ts');
  const { name, version, repositories, tags, attach } = description;
  const registries = await registriesOf(context);
  const attachments = await makeAttachments(attach, what.roots[0]!.descriptor, context);
  const bar = progress({ label: `pushing ${name}:${version}`, total: (await sizeOf(what)) * repositories.length });
  const pushed: Pushed[] = [];
  try {
    // One after the other: the second repository of a registry takes over what the first has got.
    for (const { reference, place } of repositories) {
      const options = { tags, attachments, onBytes: (bytes: number) => bar.add(bytes) };
      const push = () => pushTo(registries.repository(reference), what, options);
      pushed.push(await (place === undefined ? push() : withPlace(place, push)));
    }
    return pushed;
  } catch (error) {
    throw afterOthers(error, pushed);
  } finally {
    bar.finish();
  }
}

function report({ references, sent, mounted, present }: PushResult, time: number): string {
  const names = references.map(({ reference, digest, attachedTo }) =>
    attachedTo === undefined ? `${reference}  ${digest}` : `  attached: ${reference}`,
  );
  const counts = [
    `sent ${formatBytes(sent.bytes)} in ${sent.blobs}`,
    ...(mounted.blobs > 0 ? [`mounted ${formatBytes(mounted.bytes)} in ${mounted.blobs}`] : []),
    ...(present.blobs > 0 ? [`${present.blobs} there already`] : []),
  ].join(', ');
  return `${[...names, `  ${counts}, in ${formatDuration(time)}`].join('\n')}\n`;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value;
}
