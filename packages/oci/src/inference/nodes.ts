import { posix } from 'node:path';
import {
  circularNeeds,
  lockedReferences,
  nameOf,
  ProjectError,
  projectFacts,
  type ProjectFacts,
} from '@ingot/workspace/inference';
import type { TargetConfiguration } from '@nx/devkit';
import { artifactFacts, type ArtifactFacts } from './artifact-facts.ts';
import { artifactTargets } from './artifact-targets.ts';
import { dockerfileInputs } from './dockerfile-inputs.ts';
import { imageFacts, type ImageFacts } from './image-facts.ts';
import { imageTargets, type Input, type OciPluginOptions } from './image-targets.ts';
import { pushTargets, releaseOfProjectFile } from './push-targets.ts';
import { reproduceTarget } from './reproduce-target.ts';

/** Changes when `imageFacts` or `artifactFacts` answers differently. */
const VERSION = '4';

/** Project files whose plugins give a folder its `reproduce`. */
const others = ['solution.yaml', 'os-image.yaml', 'bundle.yaml', 'catalog.yaml'];

/** What a project file gives its folder. */
export interface Node {
  readonly file: string;
  readonly root: string;
  readonly name: string;
  readonly targets: Record<string, TargetConfiguration>;
  /** Absent: `nx release` does as it does without us. */
  readonly release?: typeof releaseOfProjectFile;
}

export interface Inference {
  readonly workspaceRoot: string;
  /** The plugin's name, which its caches carry. */
  readonly plugin: string;
  readonly options: OciPluginOptions;
  readonly names: Readonly<Record<'image' | 'export' | 'artifact' | 'push' | 'preflight' | 'reproduce', string>>;
  /** The inputs that stand for the plugin itself. */
  readonly pluginInputs: readonly Input[];
}

/** The targets of every image.yaml and artifact.yaml among the files; a folder may have both. */
export async function nodesOf(files: readonly string[], inference: Inference): Promise<Node[]> {
  const images = await imageNodes(named('image.yaml', files), inference);
  const names = new Map(images.map(({ root, name }) => [root, name]));
  return [...images, ...(await artifactNodes(named('artifact.yaml', files), names, inference))];
}

function named(name: string, files: readonly string[]): string[] {
  return files.filter((file) => posix.basename(file) === name);
}

async function imageNodes(files: readonly string[], inference: Inference): Promise<Node[]> {
  const { workspaceRoot, plugin, options, names, pluginInputs } = inference;
  const read = { kind: 'image', plugin, version: VERSION, read: imageFacts };
  const images = (await projectFacts(files, workspaceRoot, read)).map((image) => ({
    ...image,
    name: nameOf(workspaceRoot, image.root, image.facts.name),
  }));
  const circular = circularNeeds(new Map(images.map(({ name, facts }) => [name, facts.base ? [facts.base] : []])));
  const locked = await lockedReferences(workspaceRoot, plugin);
  return Promise.all(
    images.map(async (image): Promise<Node> => {
      const { file, root, facts, name } = image;
      const targets = imageTargets(file, root, facts, {
        names,
        options,
        pluginInputs,
        locked: facts.toLock === undefined ? [] : locked([facts.toLock]),
        circular: circular.has(name),
        contextInputs: await contextOf(image, workspaceRoot),
      });
      const pushed = facts.push && pushTargets(file, facts.push, { names, options, from: names.image });
      const reproduced = reproduceTarget(names.reproduce, workspaceRoot, root, others);
      return { file, root, name, targets: { ...targets, ...reproduced, ...pushed }, ...releaseOf(facts) };
    }),
  );
}

function releaseOf({ push, packageVersion }: ImageFacts | ArtifactFacts): Pick<Node, 'release'> {
  return push === undefined || packageVersion ? {} : { release: releaseOfProjectFile };
}

async function contextOf({ root, facts }: ProjectFacts<ImageFacts>, workspaceRoot: string): Promise<readonly string[]> {
  if (facts.dockerfile === undefined) return [];
  const kept = ['image.yaml', ...(facts.packageVersion ? ['package.json'] : [])];
  return dockerfileInputs(workspaceRoot, root, facts.dockerfile, kept);
}

async function artifactNodes(
  files: readonly string[],
  imageNames: ReadonlyMap<string, string>,
  { workspaceRoot, plugin, options, names, pluginInputs }: Inference,
): Promise<Node[]> {
  const read = { kind: 'artifact', plugin: `${plugin}-artifact`, version: VERSION, read: artifactFacts };
  const artifacts = await projectFacts(files, workspaceRoot, read);
  return artifacts.map(({ file, root, facts }) => {
    const targets = artifactTargets(file, root, facts, { names, options, pluginInputs });
    const pushed = facts.push && pushTargets(file, facts.push, { names, options, from: names.artifact });
    const name = imageNames.get(root) ?? nameOf(workspaceRoot, root, facts.name);
    const reproduced = reproduceTarget(names.reproduce, workspaceRoot, root, ['image.yaml', ...others]);
    return { file, root, name, targets: { ...targets, ...reproduced, ...pushed }, ...releaseOf(facts) };
  });
}

/** INGOT_TARGET_CLASH for two files of one folder that both name a repository: which of them would `push` push? */
export function claimedTwice(nodes: readonly Node[]): { readonly file: string; readonly error: ProjectError }[] {
  const owners = new Map<string, string>();
  return nodes.flatMap(({ file, root, targets }) => {
    const keys = Object.keys(targets).map((target) => ({ target, key: `${root} ${target}` }));
    const twice = keys.find(({ key }) => owners.has(key));
    for (const { key } of keys) if (!owners.has(key)) owners.set(key, file);
    if (twice === undefined) return [];
    const message = `the target "${twice.target}" is claimed by ${owners.get(twice.key)}, too`;
    const help = 'leave `repository` out of one of the two, or put one of them into a project of its own';
    const place = { file, line: 1, column: 1 };
    return [{ file, error: new ProjectError('INGOT_TARGET_CLASH', message, { place, help }) }];
  });
}
