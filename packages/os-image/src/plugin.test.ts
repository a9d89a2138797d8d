import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes } from './plugin.ts';

let workspaceRoot: string;
beforeEach(() => {
  workspaceRoot = mkdtempSync(join(tmpdir(), 'ingot-os-image-plugin-'));
});
afterEach(() => rmSync(workspaceRoot, { recursive: true }));

type Targets = Readonly<
  Record<string, { executor: string; dependsOn?: unknown[]; inputs?: unknown[]; cache?: boolean }>
>;

async function targetsOf(text: string, more: Readonly<Record<string, string>> = {}): Promise<Targets> {
  for (const [path, content] of Object.entries({ 'metal/os-image.yaml': text, ...more })) {
    mkdirSync(dirname(join(workspaceRoot, path)), { recursive: true });
    writeFileSync(join(workspaceRoot, path), content);
  }
  const context = { workspaceRoot, nxJsonConfiguration: { plugins: [] } };
  const [result] = await createNodes[1](['metal/os-image.yaml'], {}, context);
  return (result?.[1].projects?.['metal']?.targets ?? {}) as Targets;
}

const all = `ingot: os-image/v1
name: metal
version: 1.0.{date}
mmdebstrap: { suite: bookworm, keyrings: [keys/a.gpg] }
files: [{ from: install.sh, to: /install.sh }, { from: dist/agent, target: compile, project: agent, to: /agent }]
formats: [metal-stack, onmetal, ironcore, gardenlinux, disk, ironic, container]
push: { onmetal: { repository: registry.example/metal } }
publish: { folder: mirror }
`;

describe('the plugin', () => {
  it('gives an os-image a target for each format, and those that use them', async () => {
    const targets = await targetsOf(all);
    expect(Object.keys(targets).sort()).toEqual(
      ['boot', 'disk', 'gardenlinux', 'image', 'ironcore', 'ironic', 'lock', 'metal-stack', 'onmetal', 'plan'].concat([
        'preflight',
        'publish',
        'push',
        'reproduce',
        'rootfs',
        'try',
        'verify',
      ]),
    );
    expect(targets['ironic']!.dependsOn).toEqual(['plan', 'rootfs', 'disk']);
    expect(targets['push']!.dependsOn).toEqual(['plan', 'rootfs', 'onmetal']);
    expect(targets['rootfs']!.dependsOn).toEqual(['plan', 'build', { projects: ['agent'], target: 'compile' }]);
    expect(targets['rootfs']!.inputs).toEqual(
      expect.arrayContaining(['{projectRoot}/packages.lock', '{projectRoot}/install.sh', '{projectRoot}/keys/a.gpg']),
    );
    expect(['push', 'publish', 'lock', 'try', 'preflight', 'reproduce'].filter((name) => targets[name]!.cache)).toEqual(
      [],
    );
  });

  it('takes what hooks of mmdebstrap read for inputs: what is named, and what can be told from their lines', async () => {
    const hooks = {
      setup: ["copy-in keys/a.asc 'with blank/b' /usr/share", 'sync-in overlay /', 'tar-in more.tar.gz /opt'],
      essential: ['upload "etc/motd" /etc/motd', 'download /etc/os-release out', 'copy-out /etc elsewhere'],
      customize: ['./setup.sh "$1" now', 'hooks/last', 'chroot "$1" bin/x', 'A=b/c "$1"/bin/x', 'upload /abs /abs'],
    };
    const mmdebstrap = JSON.stringify({ suite: 'bookworm', hooks, inputs: ['lib/**/*.sh'] });
    const { rootfs } = await targetsOf(all.replace(/^mmdebstrap.*$/m, `mmdebstrap: ${mmdebstrap}`));
    const own = rootfs!.inputs!.filter((input) => typeof input === 'string' && input.startsWith('{projectRoot}/'));
    const read = ['keys/a.asc', 'with blank/b', 'overlay', 'more.tar.gz', 'etc/motd', 'setup.sh', 'hooks/last'];
    expect(own).toEqual(
      ['packages.lock', 'install.sh', 'install.sh/**/*', 'lib/**/*.sh', 'lib/**/*.sh/**/*']
        .concat(read.flatMap((path) => [path, `${path}/**/*`]))
        .map((path) => `{projectRoot}/${path}`),
    );
    const whole = await targetsOf(
      all.replace('{ suite: bookworm', "{ suite: bookworm, hooks: { setup: ['sync-in . /'] }"),
    );
    expect(whole['rootfs']!.inputs).toEqual(expect.arrayContaining(['{projectRoot}/**/*', '!{projectRoot}/dist/**/*']));
  });

  it('lets each target depend on its own part of the file, and none but the plan on the file itself', async () => {
    for (const [name, { inputs = [] }] of Object.entries(await targetsOf(all))) {
      expect(inputs.includes('{projectRoot}/os-image.yaml'), name).toBe(name === 'plan');
    }
    const { disk } = await targetsOf(all);
    expect(disk!.inputs).toContainEqual({ dependentTasksOutputFiles: '**/plan/disk.json', transitive: false });
    expect(disk!.inputs).toContainEqual({ dependentTasksOutputFiles: '**/rootfs.json', transitive: false });
  });

  it('is built on the image of a project, and on what ingot.lock pins', async () => {
    const of = (rootfs: string) => all.replace(/^mmdebstrap.*$/m, `rootfs: ${rootfs}`);
    expect((await targetsOf(of('project:base')))['rootfs']!.dependsOn).toContainEqual({
      projects: ['base'],
      target: 'image',
    });
    const { rootfs } = await targetsOf(of('docker://debian:12'));
    expect(rootfs!.inputs).toContain('{workspaceRoot}/ingot.lock');
    expect((await targetsOf(of('docker-daemon:debian:12')))['rootfs']!.cache).toBe(false);
    expect((await targetsOf(of('root.tar')))['lock']).toBeUndefined();
  });

  it('takes what a Dockerfile lets in for its inputs, and nothing of dist', async () => {
    const files = { 'metal/Dockerfile': 'FROM scratch\nCOPY . /\n', 'metal/.dockerignore': 'secret\n' };
    const { rootfs, lock } = await targetsOf(all.replace(/^mmdebstrap.*$/m, 'dockerfile: Dockerfile'), files);
    // A lock builds it as well; the plan may want a date that only a lock has.
    expect(lock!.dependsOn).toEqual(rootfs!.dependsOn!.filter((need) => need !== 'plan'));
    expect(lock!.dependsOn).toEqual(['build', { projects: ['agent'], target: 'compile' }]);
    expect((await targetsOf(all))['lock']!.dependsOn).toBeUndefined();
    const inputs = rootfs!.inputs as string[];
    expect(inputs).toEqual(
      expect.arrayContaining(['{workspaceRoot}/metal/Dockerfile', '!{workspaceRoot}/metal/dist/**/*']),
    );
    expect(inputs.some((input) => typeof input === 'string' && /^!.*secret/.test(input))).toBe(true);
  });

  it.each(['', 'ingot: image/v1\n', 'name: mine\n'])('leaves another file alone: %j', async (text) => {
    expect(await targetsOf(text)).toEqual({});
  });

  it('keeps a project whose file is being edited', async () => {
    expect(Object.keys(await targetsOf('ingot: os-image/v1\nname: metal\nformats: 7\n'))).toEqual(['plan', 'rootfs']);
  });
});
