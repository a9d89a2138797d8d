import { afterAll, beforeAll } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';

const leaves = Array.from({ length: 6 }, (_, i) => `leaf-${i}`);

export const imageYaml = (name: string, from: string, more: string) =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;

export interface PushWorkspace {
  /** Debian's, without referrers. */
  readonly debian: DockerRegistry;
  /** OCI 1.1. */
  readonly modern: OciRegistry;
  readonly workspace: NxWorkspace;
}

/** A workspace of images and an artifact that name repositories in two registries, for all tests of a file. */
export function pushWorkspace(): PushWorkspace {
  let debian: DockerRegistry;
  let modern: OciRegistry;
  let workspace: NxWorkspace;

  beforeAll(async () => {
    [debian, modern] = await Promise.all([DockerRegistry.start(), OciRegistry.start()]);
    const attach = 'attach:\n  - { artifactType: build/log, files: [{ from: build.log, target: log }] }\n';
    workspace = await NxWorkspace.create({
      packages: ['oci'],
      nxJson: {
        plugins: [{ plugin: '@ingot/oci/plugin', options: { registry: debian.host } }],
        release: { projects: ['leaf-2'] },
      },
      files: {
        'base/image.yaml': imageYaml('base', 'scratch', ''),
        'base/www/base.bin': 'base '.repeat(300_000),
        'app/image.yaml': imageYaml(
          'app',
          'project:base',
          `repository: [team/app, team/copy]\ntags: ["{version}", latest]\n${attach}`,
        ),
        'app/www/index.html': 'app',
        'app/project.json': {
          name: 'app',
          targets: {
            log: { command: 'echo built > app/build.log', outputs: ['{projectRoot}/build.log'], cache: true },
          },
        },
        'disks/artifact.yaml': `ingot: artifact/v1\nname: notes\nversion: 1.0.0\nfiles: [{ from: notes.txt }]\nrepository: ${modern.host}/notes\n`,
        'disks/notes.txt': 'notes',
        ...Object.fromEntries(
          leaves.flatMap((name) => [
            [`${name}/image.yaml`, imageYaml(name, 'project:base', `repository: ${modern.host}/leaves/${name}\n`)],
            [`${name}/www/index.html`, name],
          ]),
        ),
      },
    });
  });
  afterAll(async () => {
    await workspace?.remove();
    await debian?.[Symbol.asyncDispose]();
    await modern?.[Symbol.asyncDispose]();
  });
  return {
    get debian() {
      return debian;
    },
    get modern() {
      return modern;
    },
    get workspace() {
      return workspace;
    },
  };
}
