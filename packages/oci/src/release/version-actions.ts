import { posix } from 'node:path';
import { VersionActions } from 'nx/release';
import type { ProjectGraph, Tree } from '@nx/devkit';
import { readVersion, writeVersion } from './version-key.ts';

const manifests = ['image.yaml', 'artifact.yaml', 'solution.yaml', 'bundle.yaml', 'catalog.yaml'];

/**
 * How `nx release` reads and writes the version of a project that has no package.json: the key `version` of its project
 * files, all of them alike. Comments and everything else stay as they are. One that says `version: package.json` is left
 * to npm's own version actions.
 */
export default class IngotVersionActions extends VersionActions {
  override validManifestFilenames: string[] = manifests;
  override excludeManifestsFromFormatting = true;

  /** Nx looks at the first name alone, so only those that there are are named. */
  override async init(tree: Tree): Promise<void> {
    const there = manifests.filter((name) => readVersion(this.#read(tree, name)) !== undefined);
    this.validManifestFilenames = there.length > 0 ? there : manifests;
    await super.init(tree);
  }

  override async readCurrentVersionFromSourceManifest(
    tree: Tree,
  ): Promise<{ currentVersion: string; manifestPath: string } | null> {
    for (const name of this.validManifestFilenames) {
      const currentVersion = readVersion(this.#read(tree, name));
      if (currentVersion !== undefined) return { currentVersion, manifestPath: this.#path(name) };
    }
    return null;
  }

  /** A registry's tags have no order that says which of them is the version. */
  override async readCurrentVersionFromRegistry(): Promise<null> {
    return null;
  }

  /** Project files name other projects, never their versions. */
  override async readCurrentVersionOfDependency(): Promise<{ currentVersion: null; dependencyCollection: null }> {
    return { currentVersion: null, dependencyCollection: null };
  }

  override async updateProjectVersion(tree: Tree, newVersion: string): Promise<string[]> {
    const messages: string[] = [];
    for (const name of this.validManifestFilenames) {
      const text = this.#read(tree, name);
      if (readVersion(text) === undefined) continue;
      tree.write(this.#path(name), writeVersion(text!, newVersion));
      messages.push(`✍️  New version ${newVersion} written to: ${this.#path(name)}`);
    }
    return messages;
  }

  override async updateProjectDependencies(_tree: Tree, _graph: ProjectGraph): Promise<string[]> {
    return [];
  }

  #path(name: string): string {
    return posix.join(this.projectGraphNode.data.root, name);
  }

  #read(tree: Tree, name: string): string | undefined {
    return tree.exists(this.#path(name)) ? (tree.read(this.#path(name), 'utf8') ?? undefined) : undefined;
  }
}
