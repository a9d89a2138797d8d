import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { LayoutStore, validate } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { head, Rig } from './test/rig.ts';

const run = promisify(execFile);

let rig: Rig;
beforeEach(async () => {
  referee('buildah');
  rig = await Rig.create();
  await rig.useBuildah();
});
afterEach(() => rig.remove());

const withBuildah = (more = '') => `${head}dockerfile:\n  engine: buildah\n${more}`;

/** The image's files as umoci unpacks them. */
async function unpack(): Promise<string> {
  const bundle = rig.path(`bundle-${(await readdir(rig.root)).length}`);
  await run(referee('umoci'), ['unpack', '--image', `${rig.path('app/dist/image')}:0.1.0`, bundle]);
  return join(bundle, 'rootfs');
}

async function inspect(): Promise<{ config: Record<string, unknown> }> {
  const source = `oci:${rig.path('app/dist/image')}:0.1.0`;
  const { stdout } = await run(referee('skopeo'), ['inspect', '--config', source]);
  return JSON.parse(stdout) as { config: Record<string, unknown> };
}

describe('a Dockerfile, by buildah', () => {
  it('becomes an image as an assembled one is: stages, args, secrets, target and RUN', async () => {
    await rig.copyProgram('app/tool');
    rig.env({ INGOT_TEST_TOKEN: 'hush-hush-token' });
    await rig.write({
      'app/image.yaml': `${withBuildah(`  file: docker/Dockerfile
  context: .
  target: runtime
  args: { VERSION: 1.10, WHO: "a b" }
  secrets:
    - { id: token, env: INGOT_TEST_TOKEN }
    - { id: file, file: ../secret.txt }
`)}labels: { org.example: x }
annotations: { org.example.note: y }
`,
      'secret.txt': 'whispered\n',
      'app/docker/Dockerfile': `FROM scratch AS build
COPY tool /tool
COPY src /src
RUN --mount=type=secret,id=token --mount=type=secret,id=file ["/tool", "/src/a.js", "--outfile=/out/a.js"]
RUN --mount=type=secret,id=token,target=/token.txt ["/tool", "/token.txt"]

FROM scratch AS runtime
ARG VERSION
ARG WHO
ENV VERSION=$VERSION WHO=$WHO
COPY --from=build /out /out
COPY data /data
LABEL org.example=of-the-dockerfile own=yes
ENTRYPOINT ["/out/a.js"]
USER 65532

FROM runtime
COPY src /unwanted
`,
      'app/src/a.js': 'console.log( 1 )\n',
      'app/data/keep.txt': 'keep',
      'app/data/leave.log': 'leave',
      'app/.dockerignore': '**/*.log\n',
    });
    const { result, said, shown } = await rig.build();
    expect(said).toMatch(/^app:0\.1\.0 {2}sha256:[0-9a-f]{64}\n {2}linux\/amd64 .*, by buildah, in /);
    expect(result).toMatchObject({ ingot: 'image-result/v1', name: 'app', version: '0.1.0', inherited: [] });
    expect(result.platforms).toMatchObject([{ platform: 'linux/amd64', digest: result.digest }]);

    const files = await unpack();
    expect((await readdir(files)).sort()).toEqual(['data', 'out']);
    expect(await readFile(join(files, 'out/a.js'), 'utf8')).toBe('console.log(1);\n');
    expect(await readdir(join(files, 'data'))).toEqual(['keep.txt']);
    expect((await stat(join(files, 'data/keep.txt'))).mtimeMs).toBe(0);
    expect(await inspect()).toMatchObject({
      created: '1970-01-01T00:00:00Z',
      config: {
        Env: expect.arrayContaining(['VERSION=1.10', 'WHO=a b']),
        Labels: { 'org.example': 'x', own: 'yes' },
        Entrypoint: ['/out/a.js'],
        User: '65532',
      },
    });
    const layout = new LayoutStore(rig.path('app/dist/image'));
    const [root] = await layout.roots();
    expect(root?.digest).toBe(result.digest);
    expect(await Array.fromAsync(validate(layout, root!))).toEqual([]);
    const manifest = await readFile(rig.path('app/dist/image/blobs/sha256', result.digest.slice(7)), 'utf8');
    expect((JSON.parse(manifest) as object & { annotations: object }).annotations).toEqual({ 'org.example.note': 'y' });
    const log = await readFile(rig.path('app/dist/image.log'), 'utf8');
    expect(log).toContain('STEP ');
    // The tool prints the file that it is given.
    expect(log).toContain('***');
    expect(shown).toContain('app | [2/2] STEP ');
    expect(log + shown + said).not.toMatch(/hush-hush-token|whispered/);
    expect(await rig.outputs()).toEqual(['image', 'image.json', 'image.log']);
    const { stdout } = await run('buildah', ['from', 'oci:dist/image:0.1.0'], { cwd: rig.path('app') });
    expect(stdout).toContain('working-container');
  });

  it('has the same digest from the same files elsewhere, and does not hold what was made of it before', async () => {
    const files = {
      'app/image.yaml': withBuildah(),
      'app/Dockerfile': 'FROM scratch\nCOPY . /all\nCOPY a.txt /a\nENV A=b\n',
      'app/a.txt': 'a',
    };
    await rig.write(files);
    const first = await rig.build();
    const again = await rig.build();
    expect((await readdir(join(await unpack(), 'all'))).sort()).toEqual(['Dockerfile', 'a.txt', 'dist', 'image.yaml']);
    expect(await readdir(join(await unpack(), 'all/dist'))).toEqual([]);

    const other = await Rig.create();
    try {
      await other.useBuildah();
      await other.write(files);
      await utimes(other.path('app/a.txt'), 1, 1);
      const elsewhere = await other.build();
      expect([first.result, again.result]).toEqual([elsewhere.result, elsewhere.result]);
    } finally {
      await other.remove();
    }
  });

  it('is an index for several platforms, foreign ones too where nothing has to run for them', async () => {
    await rig.copyProgram('app/tool');
    await rig.write({
      'app/image.yaml': `${withBuildah()}platforms: [linux/amd64, linux/s390x]\n`,
      'app/Dockerfile': `FROM --platform=$BUILDPLATFORM scratch AS build
COPY tool a.js /
RUN ["/tool", "/a.js", "--outfile=/b.js"]
FROM scratch
ARG TARGETARCH
COPY --from=build /b.js /
ENV ARCH=$TARGETARCH
`,
      'app/a.js': '1',
    });
    const { result } = await rig.build();
    expect(result.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(result.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/s390x']);
    const image = `oci:${rig.path('app/dist/image')}:0.1.0`;
    const args = ['--override-arch', 's390x', 'inspect', '--config', image];
    const config = JSON.parse((await run(referee('skopeo'), args)).stdout) as object;
    expect(config).toMatchObject({ architecture: 's390x', config: { Env: expect.arrayContaining(['ARCH=s390x']) } });
  });

  it('is refused for a foreign platform whose programs it would have to run, before anything is built', async () => {
    await rig.write({
      'app/image.yaml': `${withBuildah()}platforms: [linux/amd64, linux/s390x]\n`,
      'app/Dockerfile': 'FROM scratch AS unneeded\nRUN ["/a"]\nFROM scratch\nCOPY a /\nRUN ["/a", \\\n  "b"]\n',
    });
    const text = await rig.failure();
    expect(text).toContain(
      'app/image.yaml:6:1  INGOT_DOCKERFILE_EMULATION  buildah cannot run programs of linux/s390x',
    );
    expect(text).toContain('Dockerfile:5 needs it: RUN ["/a", "b"]');
    expect(text).toContain('binfmt_misc');
    expect(await rig.outputs()).toEqual([]);
  });

  it('keeps the layers and settings of its base, which is copied whole', async () => {
    await rig.write({
      'base/Dockerfile': 'FROM scratch\nCOPY a.txt /base\nENV B=1\nLABEL x=y\nENTRYPOINT ["/base"]\n',
      'base/a.txt': 'a',
      'app/image.yaml': withBuildah(),
      'app/Dockerfile': 'FROM localhost/base\nCOPY a.txt /top\n',
      'app/a.txt': 'a',
    });
    await run('buildah', ['build', '--quiet', '--timestamp', '0', '--tag', 'base', rig.path('base')]);
    const { result } = await rig.build();
    expect(result.inherited).toEqual([]);
    expect((await readdir(await unpack())).sort()).toEqual(['base', 'top']);
    const config = { Env: expect.arrayContaining(['B=1']), Entrypoint: ['/base'], Labels: { x: 'y' } };
    expect(await inspect()).toMatchObject({ config, rootfs: { diff_ids: [expect.any(String), expect.any(String)] } });
  });

  it('takes the values of ARG that there are now, not those of the last build', async () => {
    const withVersion = (version: string) => ({
      'app/image.yaml': withBuildah(`  args: { VERSION: "${version}" }\n`),
      'app/Dockerfile': 'FROM scratch\nARG VERSION\nCOPY a.txt /\nENV V=$VERSION\n',
      'app/a.txt': 'a',
    });
    await rig.write(withVersion('1'));
    await rig.build();
    await rig.write(withVersion('2'));
    await rig.build();
    expect((await inspect()).config['Env']).toContain('V=2');
  });

  it('leaves nothing in the storage of buildah, and all that is of others', async () => {
    await rig.write({ 'app/image.yaml': withBuildah(), 'app/Dockerfile': 'FROM scratch\nCOPY a /\n', 'app/a': 'a' });
    const container = (await run('buildah', ['from', 'scratch'])).stdout.trim();
    await run('buildah', ['commit', container, 'localhost/other:1']);
    await rig.build();
    const { stdout } = await run('buildah', ['images', '--all', '--format', '{{.Name}}:{{.Tag}}']);
    expect(stdout.trim()).toBe('localhost/other:1');
  });

  it('fails at the line of the Dockerfile, with the end of what was said, and leaves all as it was', async () => {
    await rig.copyProgram('app/tool');
    await rig.write({ 'app/image.yaml': withBuildah(), 'app/Dockerfile': 'FROM scratch\nCOPY tool /\n' });
    const { result } = await rig.build();
    await rig.write({
      'app/Dockerfile':
        '# comment\nFROM scratch AS a\nCOPY tool /\n\nFROM a\nRUN ["/tool", \\\n  "--nonsense"]\nCOPY x /x\n',
    });
    const text = await rig.failure();
    expect(text).toMatch(
      /^app\/Dockerfile:6:1 {2}INGOT_DOCKERFILE_BUILD {2}buildah could not build the image: it ended with 1\n/,
    );
    expect(text).toContain('Invalid transform flag: "--nonsense"');
    expect(text).toContain(`all of it: ${rig.path('app/dist/image.log')}`);
    expect(JSON.parse(await readFile(rig.path('app/dist/image.json'), 'utf8'))).toEqual(result);
    expect(await rig.outputs()).toEqual(['image', 'image.json', 'image.log']);
    expect((await run('buildah', ['containers', '-aq'])).stdout).toBe('');
  });

  it('whose log finds the disk full ends the engine with all that it runs, and leaves nothing', async () => {
    await rig.copyProgram('app/tool');
    const outfile = `/${basename(rig.root)}.js`;
    await rig.write({
      'app/image.yaml': withBuildah(),
      'app/a.js': '1',
      'app/Dockerfile': `FROM scratch\nCOPY tool a.js /\nRUN ["/tool", "/a.js", "--watch=forever", "--outfile=${outfile}"]\n`,
      'app/dist/keep': '',
    });
    await symlink('/dev/full', rig.path('app/dist/image.log'));
    expect(await rig.failure()).toContain('INGOT_DISK_FULL');
    expect(await running(outfile)).toEqual([]);
    expect(await rig.outputs()).toEqual(['image.log', 'keep']);
    expect((await run('buildah', ['containers', '-aq'])).stdout).toBe('');
  });

  it.each([
    ['a RUN', 'watching for changes'],
    ['a COPY', 'STEP 3/'],
  ])('stopped by Ctrl-C in %s ends the engine with all that it runs, and leaves all as it was', async (_, words) => {
    await rig.copyProgram('app/tool');
    await rig.write({ 'app/image.yaml': withBuildah(), 'app/Dockerfile': 'FROM scratch\nCOPY tool /\n' });
    const { result } = await rig.build();
    // Of somebody else: it must stay.
    const other = (await run('buildah', ['from', 'scratch'])).stdout;
    const outfile = `/${basename(rig.root)}.js`;
    await rig.write({
      'app/a.js': '1',
      'app/Dockerfile': `FROM scratch
COPY tool a.js /
COPY tool /1
COPY tool /2
RUN ["/tool", "/a.js", "--watch=forever", "--outfile=${outfile}"]
`,
    });
    expect(await interrupted(words)).toContain('INGOT_INTERRUPTED  stopped by SIGINT');
    expect(await running(outfile)).toEqual([]);
    expect(JSON.parse(await readFile(rig.path('app/dist/image.json'), 'utf8'))).toEqual(result);
    expect(await rig.outputs()).toEqual(['image', 'image.json', 'image.log']);
    expect((await run('buildah', ['containers', '--format', '{{.ContainerName}}'])).stdout).toBe(other);
  });
});

/** Builds in a process of its own, presses Ctrl-C when `words` have been said, and gives all that was said. */
async function interrupted(words: string): Promise<string> {
  const executor = new URL('../executors/image/executor.ts', import.meta.url).href;
  const source = `const { default: run } = await import(${JSON.stringify(executor)});
    const nodes = { app: { name: 'app', data: { root: 'app', targets: {} } } };
    await run({}, { root: process.cwd(), projectName: 'app', projectGraph: { nodes } });`;
  const args = ['--conditions=ingot-source', '--input-type=module', '-e', source];
  const child = spawn(process.execPath, args, { cwd: rig.root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let pressed = false;
  child.stderr.on('data', (part: Buffer) => {
    said += String(part);
    if (pressed || !said.includes(words)) return;
    pressed = true;
    process.kill(-child.pid!, 'SIGINT');
  });
  await once(child, 'close');
  return said;
}

/** The processes that have `word` among their arguments. */
async function running(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(word));
}
