import { readFile } from 'node:fs/promises';
import {
  createLayer,
  exportOciArchive,
  assembleImage,
  assembleIndex,
  MemoryStore,
  parsePlatform,
} from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { head, Rig } from './test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
  await rig.write({ 'app/Dockerfile': 'FROM scratch\nCOPY a /\n', 'app/a': 'a' });
  rig.env({ PATH: rig.path('bin') });
});
afterEach(() => rig.remove());

/** What an engine would have built: an OCI archive with an image for each platform. */
async function built(...platforms: readonly string[]): Promise<string> {
  const store = new MemoryStore();
  const images = [];
  for (const platform of platforms.map(parsePlatform)) {
    const content = Buffer.from(platform.architecture);
    const file = { path: 'arch', mode: 0o644, uid: 0, gid: 0, type: 'file', size: content.length, content } as const;
    const layer = await createLayer([file], { mtime: 0 }, store);
    const config = { labels: { own: 'yes' }, env: { A: 'b' } };
    const { descriptor } = await assembleImage({ layers: [layer], platform, config, created: 7 }, store);
    images.push({ descriptor, platform });
  }
  const root = images.length === 1 ? images[0]!.descriptor : await assembleIndex(images, {}, store);
  const file = rig.path(`${platforms.join('-').replaceAll('/', '-')}.tar`);
  await exportOciArchive(root, store, file, { reference: 'x' });
  return file;
}

/** Begins each fake engine: writes down what it was asked for. */
const recorded = () => `
const { appendFileSync, copyFileSync, writeFileSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const after = (flag) => args[args.indexOf(flag) + 1];
appendFileSync(${JSON.stringify(rig.path('calls'))}, JSON.stringify([require('node:path').basename(process.argv[1]), ...args]) + '\\n');
`;

async function calls(): Promise<string[][]> {
  const text = await readFile(rig.path('calls'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as string[]);
}

/** A docker whose buildx writes `archive`. */
async function fakeBuildx(archive: string, platforms = 'linux/amd64*, linux/amd64/v2, linux/386'): Promise<void> {
  await rig.fakeProgram(
    'docker',
    `${recorded()}
    if (args[1] === 'version') console.log('github.com/docker/buildx v0.20.0');
    if (args[1] === 'inspect') console.log('Name: default\\nDriver: docker-container\\n\\nNodes:\\nName: default0\\nStatus: running\\nPlatforms: ${platforms}');
    if (args[1] !== 'build') process.exit(0);
    console.error('#1 [internal] load build definition');
    writeFileSync(${JSON.stringify(rig.path('ignored'))}, readFileSync(after('--file') + '.dockerignore'));
    writeFileSync(${JSON.stringify(rig.path('dockerfile'))}, readFileSync(after('--file')));
    copyFileSync(${JSON.stringify(archive)}, /dest=([^,]*)/.exec(after('--output'))[1]);
    `,
  );
}

describe('docker buildx', () => {
  it('gets one command for all platforms, and its archive becomes the image', async () => {
    await fakeBuildx(await built('linux/amd64', 'linux/arm64'), 'linux/amd64, linux/arm64');
    rig.env({ INGOT_TEST_TOKEN: 'hush-hush', SOURCE_DATE_EPOCH: '7' });
    await rig.write({
      'app/image.yaml': `${head}platforms: [linux/amd64, linux/arm64]
labels: { org.example: x }
dockerfile:
  file: docker/Dockerfile
  target: runtime
  builder: far
  args: { A: 1.10, B: "a,b c" }
  secrets: [{ id: token, env: INGOT_TEST_TOKEN }, { id: file, file: "../my,secret.txt" }]
  cacheFrom: [registry.example/cache, "type=gha,scope=x"]
  cacheTo: type=gha,mode=max
`,
      'my,secret.txt': 'whispered',
      'app/docker/Dockerfile': 'FROM scratch AS runtime\nRUN ["/x"]\n',
      'app/.dockerignore': 'not this\n',
      'app/docker/Dockerfile.dockerignore': '# mine\nnode_modules\n',
    });
    const { result, shown } = await rig.build();
    const [version, inspect, build, ...more] = await calls();
    expect(more).toEqual([]);
    expect([version, inspect]).toEqual([
      ['docker', 'buildx', 'version'],
      ['docker', 'buildx', 'inspect', '--bootstrap', 'far'],
    ]);
    const file = build![build!.indexOf('--file') + 1]!;
    expect(build).toEqual([
      ...['docker', 'buildx', 'build', '--builder', 'far', '--progress=plain', '--file', file],
      ...['--platform', 'linux/amd64,linux/arm64', '--target', 'runtime'],
      ...['--output', 'type=oci,dest=image.tar,rewrite-timestamp=true', '--provenance=false', '--sbom=false'],
      ...['--build-arg', 'SOURCE_DATE_EPOCH=7', '--build-arg', 'A=1.10', '--build-arg', 'B=a,b c'],
      ...['--secret', 'id=token,env=INGOT_TEST_TOKEN', '--secret', `id=file,"src=${rig.path('my,secret.txt')}"`],
      ...['--cache-from', 'registry.example/cache', '--cache-from', 'type=gha,scope=x'],
      ...['--cache-to', 'type=gha,mode=max', rig.path('app')],
    ]);
    expect(await readFile(rig.path('dockerfile'), 'utf8')).toContain('AS runtime');
    const ignored = await readFile(rig.path('ignored'), 'utf8');
    expect(ignored.split('\n')).toEqual(
      expect.arrayContaining(['node_modules', 'dist/image', 'dist/image.json', 'dist/image.log', 'dist/.ingot-*']),
    );
    expect(ignored).not.toContain('not this');

    expect(result.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(result.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(await config(result.platforms[1]!.digest)).toMatchObject({
      architecture: 'arm64',
      created: '1970-01-01T00:00:07Z',
      config: { Labels: { own: 'yes', 'org.example': 'x' }, Env: ['A=b'] },
    });
    expect(shown).toBe('app | #1 [internal] load build definition\n');
    expect(await rig.outputs()).toEqual(['image', 'image.json', 'image.log']);
  });

  it('is refused for a platform that its builder does not name, unless nothing runs there', async () => {
    await fakeBuildx(await built('linux/arm64'));
    const image = `${head}platforms: [linux/arm64]\ndockerfile: Dockerfile\n`;
    await rig.write({ 'app/image.yaml': image, 'app/Dockerfile': 'FROM debian\nRUN apt-get update\n' });
    expect(await rig.failure()).toContain('app/image.yaml:4:1  INGOT_DOCKERFILE_EMULATION  buildx cannot run programs');
    expect((await calls()).some(([, , verb]) => verb === 'build')).toBe(false);
    await rig.write({
      'app/Dockerfile': 'FROM --platform=$BUILDPLATFORM go AS b\nRUN go build\nFROM scratch\nCOPY --from=b /a /\n',
    });
    expect((await rig.build()).result.platforms).toMatchObject([{ platform: 'linux/arm64' }]);
  });

  it.each([
    [
      'Dockerfile:2\n--------------------\n   1 |     FROM x\n   2 | >>> RUN false\n--------------------\nERROR: failed to solve: process did not complete',
      2,
    ],
    ['ERROR: failed to solve: dockerfile parse error on line 1: unknown instruction: FORM', 1],
  ])('points at the line that failed: %j', async (said, line) => {
    await fakeBuildx('');
    await rig.fakeProgram(
      'docker',
      `if (process.argv[3] === 'inspect') console.log('Platforms: linux/amd64');
       if (process.argv[3] !== 'build') process.exit(0);
       console.error(${JSON.stringify(said)}); process.exit(1);`,
    );
    await rig.write({ 'app/image.yaml': `${head}dockerfile: Dockerfile\n` });
    const text = await rig.failure();
    expect(text).toContain(`app/Dockerfile:${line}:1  INGOT_DOCKERFILE_BUILD  docker could not build the image`);
    expect(text).toContain(said.split('\n').at(-1));
    expect(await rig.outputs()).toEqual(['image.log']);
  });

  it("says what to do where docker's own builder writes no OCI images", async () => {
    await rig.fakeProgram(
      'docker',
      `if (process.argv[3] === 'inspect') console.log('Platforms: linux/amd64');
       if (process.argv[3] !== 'build') process.exit(0);
       console.error('ERROR: OCI exporter is not supported for the docker driver.'); process.exit(1);`,
    );
    await rig.write({ 'app/image.yaml': `${head}dockerfile: Dockerfile\n` });
    expect(await rig.failure()).toContain('docker buildx create --use');
  });

  it('whose archive is damaged leaves nothing', async () => {
    const archive = await built('linux/amd64');
    const bytes = await readFile(archive);
    // The layer comes first, after its header of 512 bytes.
    const { writeFile } = await import('node:fs/promises');
    const at = bytes.indexOf(Buffer.from([0x1f, 0x8b]));
    bytes[at + 4]! ^= 1;
    await writeFile(archive, bytes);
    await fakeBuildx(archive);
    await rig.write({ 'app/image.yaml': `${head}dockerfile: Dockerfile\n` });
    expect(await rig.failure()).toContain('app/image.yaml:4:1  INGOT_BLOB_WRONG');
    expect(await rig.outputs()).toEqual(['image.log']);
  });
});

describe('podman', () => {
  it('builds for each platform, and saves what it built', async () => {
    const archive = await built('linux/amd64');
    await rig.fakeProgram(
      'podman',
      `${recorded()}
      if (args[0] === 'build') writeFileSync(after('--iidfile'), 'sha256:0123');
      if (args[0] === 'save') copyFileSync(${JSON.stringify(archive)}, after('--output'));`,
    );
    await rig.write({
      'app/image.yaml': `${head}dockerfile: { cacheFrom: registry.example/cache, secrets: [{ id: s, file: ../s }] }\n`,
      s: 'whispered',
    });
    const { result, said } = await rig.build();
    const [, build, save, remove] = await calls();
    const ignore = build![build!.indexOf('--ignorefile') + 1]!;
    const image = build![build!.indexOf('--tag') + 1]!;
    expect(build).toEqual([
      ...['podman', 'build', '--format', 'oci', '--force-rm', '--identity-label=false', '--layers=false'],
      ...['--timestamp', '0', '--iidfile', 'id-0', '--file', rig.path('app/Dockerfile'), '--ignorefile', ignore],
      ...['--platform', 'linux/amd64', '--build-arg', 'SOURCE_DATE_EPOCH=0', '--secret', `id=s,src=${rig.path('s')}`],
      ...['--tag', image, rig.path('app')],
    ]);
    expect(image).toMatch(/^localhost\/ingot:[\w.-]+-0$/);
    expect(remove).toEqual(['podman', 'rmi', image]);
    expect(save).toEqual(['podman', 'save', '--format', 'oci-archive', '--output', 'image-0.tar', '0123']);
    expect(result.platforms).toMatchObject([{ platform: 'linux/amd64' }]);
    expect(said).toContain('cacheFrom and cacheTo are for docker buildx: podman did without');
  });
});

describe('the choice of an engine', () => {
  const fails = (line: string) => `console.error(${JSON.stringify(line)}); process.exit(1);`;

  it('goes on to the next where one does not work, and tells of each where none does', async () => {
    await rig.write({ 'app/image.yaml': `${head}dockerfile: Dockerfile\n` });
    const text = await rig.failure();
    expect(text.split('\n')).toEqual([
      'app/image.yaml:4:1  INGOT_DOCKERFILE_ENGINE  nothing here can build a Dockerfile',
      '  help: docker buildx: docker is not installed',
      '  help: podman: it is not installed',
      '  help: buildah: it is not installed',
      '  help: install one of docker with buildx, podman and buildah (Debian: apt-get install buildah)',
    ]);
    await rig.fakeProgram('docker', fails("docker: 'buildx' is not a docker command."));
    await rig.fakeProgram('podman', fails('Error: unable to connect to Podman socket'));
    const said = await rig.failure();
    expect(said).toContain('docker buildx: docker has no plugin buildx');
    expect(said).toContain('podman: unable to connect to Podman socket');
    await rig.fakeProgram(
      'docker',
      `if (process.argv[3] === 'inspect') { ${fails('ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.')} }`,
    );
    expect(await rig.failure()).toContain('docker buildx: Cannot connect to the Docker daemon');
    expect(await rig.outputs()).toEqual([]);
  });

  it.each([
    ['buildx', 'docker buildx: docker is not installed', 'docker buildx create --use'],
    ['podman', 'podman: it is not installed', 'apt-get install podman'],
    ['buildah', 'buildah: it is not installed', 'apt-get install buildah'],
  ])('takes no other than the one that is named: %s', async (engine, message, help) => {
    for (const other of ['docker', 'podman', 'buildah'].filter((name) => name !== engine && engine !== 'buildx')) {
      await rig.fakeProgram(other, '');
    }
    await rig.write({ 'app/image.yaml': `${head}dockerfile: { engine: ${engine} }\n` });
    const text = await rig.failure();
    expect(text).toContain(`app/image.yaml:4:15  INGOT_DOCKERFILE_ENGINE  ${message}`);
    expect(text).toContain(help);
  });
});

async function config(digest: string): Promise<unknown> {
  const blob = async (name: string) =>
    JSON.parse(await readFile(rig.path('app/dist/image/blobs/sha256', name.slice(7)), 'utf8')) as never;
  const manifest: { config: { digest: string } } = await blob(digest);
  return blob(manifest.config.digest);
}
