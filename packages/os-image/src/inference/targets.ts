import { basename } from 'node:path';
import { covering, unique, type Input, type Need } from '@ingot/oci/inference';
import { lockInputs } from '@ingot/workspace/inference';
import type { TargetConfiguration } from '@nx/devkit';
import { ofDisks, type Format } from '../description/formats.ts';
import type { OsImageFacts } from './facts.ts';

/** The plugin's options in nx.json. */
export interface OsImagePluginOptions {
  /** A project's own target whose output the root file system may take files from without naming it. Default: build. */
  readonly buildTarget?: string;
  /** What repositories without a registry are below: registry.example/team. */
  readonly registry?: string;
  /** The name of the target that makes the container image: that of @ingot/oci's own. Default: image. */
  readonly imageTarget?: string;
}

export const optionNames: readonly (keyof OsImagePluginOptions)[] = ['buildTarget', 'registry', 'imageTarget'];

export interface OsImageTargetsOptions {
  readonly options: OsImagePluginOptions;
  /** The inputs that stand for the plugin itself. */
  readonly pluginInputs: readonly Input[];
  /** What ingot.lock pins of what it is built on. */
  readonly locked: readonly string[];
  /** What a Dockerfile lets in; empty without one. */
  readonly contextInputs: readonly string[];
}

/** Formats that a machine can boot from. */
const bootable: readonly Format[] = ['metal-stack', 'onmetal', 'ironcore', 'disk'];

/** The targets of an os-image.yaml in the folder `root`. */
export function osImageTargets(
  file: string,
  facts: OsImageFacts,
  context: OsImageTargetsOptions,
): Record<string, TargetConfiguration> {
  const { options, pluginInputs } = context;
  const imageTarget = options.imageTarget ?? 'image';
  const nameOf = (format: Format) => (format === 'container' ? imageTarget : format);
  const makes = (description: string) => ({ description, technologies: ['os-image'] });
  const part = (name: string) => made(`plan/${name}.json`);
  const pushed = facts.pushed.filter((format) => facts.formats.includes(format));
  const booted = facts.formats.filter((format) => bootable.includes(format));
  const targets: Record<string, TargetConfiguration> = {
    plan: {
      executor: '@ingot/os-image:plan',
      cache: true,
      inputs: unique([
        `{projectRoot}/${basename(file)}`,
        '{projectRoot}/packages.lock',
        { env: 'SOURCE_DATE_EPOCH' },
        ...pluginInputs,
      ]),
      outputs: ['{projectRoot}/dist/plan'],
      metadata: makes('Checks os-image.yaml, and writes what each target takes out of it'),
    },
    rootfs: rootfsTarget(facts, context),
  };
  for (const format of facts.formats) {
    const needs = needsOf(format);
    targets[nameOf(format)] = {
      executor: `@ingot/os-image:${format === 'container' ? 'image' : format}`,
      cache: true,
      dependsOn: ['plan', ...needs],
      inputs: unique([part(format), ...needs.map((need) => made(`${need}.json`)), ...pluginInputs]),
      outputs: [`{projectRoot}/dist/${nameOf(format)}`, `{projectRoot}/dist/${nameOf(format)}.json`],
      metadata: makes(descriptions[format]),
    };
  }
  if (facts.hasPackages) {
    targets['lock'] = {
      executor: '@ingot/os-image:lock',
      cache: false,
      // It builds the Dockerfile once; of mmdebstrap's packages it only asks apt.
      ...(facts.dockerfile ? { dependsOn: unique(madeBefore(facts, options)) } : {}),
      metadata: makes('Writes packages.lock: the newest versions of all packages'),
    };
  }
  if (facts.formats.length > 0) {
    const all = facts.formats.map(nameOf);
    targets['verify'] = {
      executor: '@ingot/os-image:verify',
      cache: true,
      dependsOn: ['plan', 'rootfs', ...all],
      inputs: unique([part('*'), made('rootfs.json'), ...all.map((name) => made(`${name}.json`)), ...pluginInputs]),
      outputs: [],
      metadata: makes("Applies the consumers' rules to the finished files"),
    };
    targets['reproduce'] = {
      executor: '@ingot/os-image:reproduce',
      cache: false,
      metadata: makes('Builds everything twice, and compares'),
    };
  }
  if (booted.length > 0) {
    targets['boot'] = {
      executor: '@ingot/os-image:boot',
      cache: true,
      dependsOn: ['plan', 'rootfs', ...booted],
      inputs: unique([part('boot'), ...['rootfs', ...booted].map((name) => made(`${name}.json`)), ...pluginInputs]),
      outputs: ['{projectRoot}/dist/boot', '{projectRoot}/dist/boot.json'],
      metadata: makes('Boots the images in qemu, and runs the checks in them'),
    };
    targets['try'] = {
      executor: '@ingot/os-image:try',
      cache: false,
      dependsOn: ['plan', 'rootfs', ...booted],
      metadata: makes('Boots an image in qemu, with its console in this terminal'),
    };
  }
  if (pushed.length > 0) {
    const registry = options.registry === undefined ? {} : { options: { registry: options.registry } };
    targets['push'] = {
      executor: '@ingot/os-image:push',
      cache: false,
      dependsOn: ['plan', 'rootfs', ...pushed.map(nameOf)],
      ...registry,
      metadata: makes('Pushes the formats to their repositories'),
    };
    targets['preflight'] = {
      executor: '@ingot/os-image:preflight',
      cache: false,
      ...registry,
      metadata: makes('Asks whether this login may push there'),
    };
  }
  if (facts.publishes && facts.formats.includes('metal-stack')) {
    targets['publish'] = {
      executor: '@ingot/os-image:publish',
      cache: false,
      dependsOn: ['plan', 'metal-stack'],
      metadata: makes("Puts the files into metal-stack's tree of images"),
    };
  }
  return targets;
}

const descriptions: Readonly<Record<Format, string>> = {
  'metal-stack': 'Makes the archive, check sum and package list that metal-stack takes',
  onmetal: 'Makes the local store that onmetal-image reads',
  ironcore: 'Makes the OCI layout that IronCore takes',
  gardenlinux: 'Makes the files that a build of Garden Linux leaves',
  disk: 'Makes whole disks that boot by UEFI',
  ironic: 'Makes the artifact that OpenStack Ironic takes',
  container: 'Makes a container image of the root file system',
};

/** The targets whose results a format is made of. */
function needsOf(format: Format): string[] {
  return ['rootfs', ...(ofDisks.includes(format) ? ['disk'] : [])];
}

function rootfsTarget(
  facts: OsImageFacts,
  { options, pluginInputs, locked, contextInputs }: OsImageTargetsOptions,
): TargetConfiguration {
  const outputs = [...facts.own, ...facts.made.map(({ from }) => from)].flatMap(covering);
  return {
    executor: '@ingot/os-image:rootfs',
    cache: !facts.volatile,
    ...(locked.length === 0 ? {} : { options: { locked } }),
    dependsOn: unique<Need>(['plan', ...madeBefore(facts, options)]),
    inputs: unique<Input>([
      made('plan/rootfs.json'),
      '{projectRoot}/packages.lock',
      ...(facts.toLock === undefined ? [] : lockInputs),
      ...facts.own.flatMap(covering).map((glob) => `{projectRoot}/${glob}`),
      ...(facts.own.some((path) => path === '**/*' || path === '.') ? ['!{projectRoot}/dist/**/*'] : []),
      ...contextInputs,
      ...(facts.base === undefined ? [] : [made('image.json')]),
      ...outputs.map((glob) => made(glob.replace(/^\*\*\//, ''))),
      { env: 'SOURCE_DATE_EPOCH' },
      ...pluginInputs,
    ]),
    outputs: ['{projectRoot}/dist/rootfs', '{projectRoot}/dist/rootfs.json'],
    metadata: { description: 'Builds the root file system', technologies: ['os-image'] },
  };
}

/** The targets that make what a root file system is built of. */
function madeBefore(facts: OsImageFacts, { imageTarget, buildTarget }: OsImagePluginOptions): Need[] {
  return [
    ...(facts.base === undefined ? [] : [{ projects: [facts.base], target: imageTarget ?? 'image' }]),
    ...(facts.own.length === 0 && !facts.dockerfile ? [] : [buildTarget ?? 'build']),
    ...facts.made.map(({ project, target }) =>
      project === undefined ? target! : { projects: [project], target: target! },
    ),
  ];
}

/** What a target that this one depends on made. Without `**` + `/` in front a glob matches nothing, and hits for ever. */
function made(glob: string): Input {
  return { dependentTasksOutputFiles: `**/${glob}`, transitive: false };
}
