import {
  addTotals,
  afterOthers,
  dryRun,
  ironicSettings,
  parseRepository,
  pushTo,
  sizeOf,
  type Attachment,
} from '@ingot/oci';
import type { IronicSettings, Pushable, Pushed, PushedReference, PushResult } from '@ingot/oci';
import type { Registries } from '@ingot/registry';
import { ProjectError, withPlace, type ArtifactResult } from '@ingot/workspace';
import type { OsImageDescription, PushDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';
import type { FormatResult } from '../format/format.ts';
import type { RootfsResult } from '../rootfs/result.ts';
import { attachmentsOf, buildFiles } from './attachments.ts';
import { informationImage } from './information.ts';
import { withPushable, type BuiltFormat } from './pushable.ts';

export interface PushFormatsOptions {
  /** With the date filled in; it stands for `{version}` in tags. */
  readonly version: string;
  readonly rootfs: RootfsResult;
  /** That the paths of `rootfs` are relative to. */
  readonly rootfsFolder: string;
  readonly registries: Registries;
  /** What repositories without a registry are below: `registry.example/team`. */
  readonly registry?: string | undefined;
  readonly signal: AbortSignal;
  /** A format's push begins; its bytes, then how many went by. */
  readonly stage?: (label: string, total: number) => (bytes: number) => void;
}

/** `push.json` of an os-image: what of each format went where. `writePushResult` of @ingot/oci writes it. */
export interface OsImagePushResult extends PushResult {
  readonly formats: readonly { readonly format: Format; readonly references: readonly PushedReference[] }[];
}

/**
 * Pushes the formats that `push` names: blobs, manifests, what is attached, then the tags; the image with information
 * for people under `<tag>-info`. Throws ProjectErrors at their places: INGOT_OS_IMAGE_PUSH, INGOT_PUSH_REPOSITORY,
 * INGOT_PUSH_REGISTRY, and the registry's errors; where one format fails, the error says what others were pushed.
 */
export async function pushFormats(
  description: Pick<OsImageDescription, 'name' | 'push'>,
  built: readonly BuiltFormat[],
  options: PushFormatsOptions,
): Promise<OsImagePushResult> {
  const formats: { format: Format; references: readonly PushedReference[] }[] = [];
  const all: Pushed[] = [];
  const ironic: IronicSettings[] = [];
  for (const each of description.push) {
    const format = formatOf(built, each);
    try {
      const pushed = await withPlace(each.place, () => pushOne(each, format, options));
      all.push(...pushed);
      formats.push({ format: each.format, references: pushed.flatMap(({ references }) => references) });
      ironic.push(...settingsOf(format.result, each, options));
    } catch (error) {
      throw afterOthers(error, all);
    }
  }
  return {
    ingot: 'push-result/v1',
    name: description.name,
    version: options.version,
    references: all.flatMap(({ references }) => references),
    ...addTotals(all.map(({ totals }) => totals)),
    ...(ironic.length === 0 ? {} : { ironic }),
    formats,
  };
}

async function pushOne(push: PushDescription, format: BuiltFormat, options: PushFormatsOptions): Promise<Pushed[]> {
  const { registries, registry, rootfs, rootfsFolder, version, signal, stage = () => () => {} } = options;
  const repository = registries.repository(parseRepository(push.repository, registry));
  const tags = tagsOf(push, version);
  return withPushable(format, push, signal, async (what) => {
    const attachments = push.attach ? await attachmentsOf(what.roots, rootfs, rootfsFolder, version) : [];
    const information = push.information ? await informationImage(rootfs, rootfsFolder, version) : undefined;
    const total = (await sizeOf(what)) + (information === undefined ? 0 : await sizeOf(information));
    const onBytes = stage(`pushing ${push.format}`, total);
    const send = (pushable: Pushable, attached: readonly Attachment[]): Promise<Pushed> => {
      signal.throwIfAborted();
      return pushTo(repository, pushable, { tags, attachments: attached, onBytes });
    };
    const pushed = [await send(what, attachments)];
    return information === undefined ? pushed : [...pushed, await send(information, [])];
  });
}

/** What a push would do, as text. Sends nothing. Throws what `pushFormats` throws of repositories and tags. */
export async function dryRunFormats(
  description: Pick<OsImageDescription, 'file' | 'name' | 'push'>,
  built: readonly BuiltFormat[],
  { version, registries, registry, rootfs, rootfsFolder, signal }: PushFormatsOptions,
): Promise<string> {
  const texts: string[] = [];
  for (const push of description.push) {
    const format = formatOf(built, push);
    const reference = await withPlace(push.place, () => parseRepository(push.repository, registry));
    const of = (what: Pushable, attach: readonly string[]): Promise<string> =>
      dryRun(
        {
          kind: 'artifact',
          file: description.file,
          name: `${description.name} (${push.format})`,
          version,
          repositories: [{ reference, place: push.place }],
          tags: tagsOf(push, version),
          attach: attach.map((artifactType) => ({ artifactType, annotations: {}, files: [] })),
        },
        what,
        registries,
      );
    const attach = push.attach ? buildFiles.map((name) => `build/${name}`) : [];
    texts.push(await withPushable(format, push, signal, (what) => of(what, attach)));
    if (push.information) texts.push(await of(await informationImage(rootfs, rootfsFolder, version), []));
  }
  return texts.join('');
}

function formatOf(built: readonly BuiltFormat[], { format, place }: PushDescription): BuiltFormat {
  const found = built.find(({ result }) => result.format === format);
  if (found) return found;
  throw new ProjectError('INGOT_OS_IMAGE_PUSH', `the format ${format} is not built`, {
    place,
    help: `add ${format} to \`formats\``,
  });
}

function tagsOf({ tags, place }: PushDescription, version: string): readonly string[] {
  const filled = [...new Set(tags.map((tag) => tag.replaceAll('{version}', version)))];
  const wrong = filled.find((tag) => !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag));
  if (wrong === undefined) return filled;
  throw new ProjectError('INGOT_PUSH_TAG', `${JSON.stringify(wrong)} cannot be a tag`, {
    place,
    help: 'a tag has letters, digits, ".", "_" and "-", begins with a letter, digit or "_", and has at most 128 characters; {version} stands for the version',
  });
}

/** What an operator of Ironic sets, of each architecture and tag. */
function settingsOf({ format, facts }: FormatResult, push: PushDescription, options: PushFormatsOptions) {
  if (format !== 'ironic') return [];
  const { registry: host, repository } = parseRepository(push.repository, options.registry);
  const artifacts = (facts?.['artifacts'] ?? []) as readonly ArtifactResult[];
  return tagsOf(push, options.version).flatMap((tag) =>
    artifacts.flatMap((artifact) => ironicSettings(artifact, { repository: `${host}/${repository}`, tag }) ?? []),
  );
}
