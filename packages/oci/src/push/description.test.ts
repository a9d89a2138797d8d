import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRepository, readPushFile, type PushDefaults } from './description.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ingot-push-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head = 'ingot: image/v1\nname: app\nversion: 1.2.0\n';

function read(text: string, defaults: PushDefaults = {}) {
  const file = join(folder, 'image.yaml');
  writeFileSync(file, text);
  return readPushFile(file, defaults);
}

describe('what a project file says of its push', () => {
  it('is a repository and, without more, the version', async () => {
    const { kind, name, repositories, tags, attach } = await read(`${head}repository: registry.example/team/app\n`);
    expect({ kind, name, tags, attach }).toEqual({ kind: 'image', name: 'app', tags: ['1.2.0'], attach: [] });
    expect(repositories).toEqual([
      {
        reference: { registry: 'registry.example', repository: 'team/app' },
        place: expect.objectContaining({ line: 4 }),
      },
    ]);
  });

  it('is several repositories and tags, each tag once, as written', async () => {
    const more =
      'repository: [docker.io/team/app, localhost:5000/app]\ntags: ["{version}", latest, 1.10, "v{version}", 1.2.0]\n';
    const { repositories, tags } = await read(head + more);
    expect(repositories.map(({ reference }) => `${reference.registry}/${reference.repository}`)).toEqual([
      'docker.io/team/app',
      'localhost:5000/app',
    ]);
    expect(tags).toEqual(['1.2.0', 'latest', '1.10', 'v1.2.0']);
  });

  it('is overruled by the command line', async () => {
    const written = `${head}repository: registry.example/app\ntags: [latest]\n`;
    const { repositories, tags } = await read(written, { repositories: ['other.example/app'], tags: ['{version}-rc'] });
    expect(repositories).toEqual([{ reference: { registry: 'other.example', repository: 'app' }, place: undefined }]);
    expect(tags).toEqual(['1.2.0-rc']);
  });

  it('is read of artifacts, too', async () => {
    const file = join(folder, 'artifact.yaml');
    writeFileSync(
      file,
      'ingot: artifact/v1\nname: disks\nversion: 1.0.0\nfiles: [{ from: a }]\nrepository: registry.example/disks\n',
    );
    expect(await readPushFile(file, {})).toMatchObject({ kind: 'artifact', tags: ['1.0.0'] });
  });

  it('lists what is attached', async () => {
    const attach =
      'attach:\n  - { artifactType: build/log, annotations: { run: 1.0 }, files: [{ from: build.log, title: log }] }\n';
    const described = await read(`${head}repository: registry.example/app\n${attach}`);
    expect(described.attach).toMatchObject([
      {
        artifactType: 'build/log',
        annotations: { run: '1.0' },
        files: [{ from: 'build.log', title: 'log', mediaType: 'application/octet-stream' }],
      },
    ]);
    expect(described.attach[0]!.files[0]!.place).toMatchObject({ line: 6 });
  });

  it.each([
    ['INGOT_PUSH_REPOSITORY', 1, ''],
    ['INGOT_PUSH_REPOSITORY', 4, 'repository: registry.example/app:1.0\n'],
    ['INGOT_PUSH_REPOSITORY', 4, 'repository: localhost:5000/app:1.0\n'],
    ['INGOT_PUSH_REPOSITORY', 4, `repository: registry.example/app@sha256:${'0'.repeat(64)}\n`],
    ['INGOT_PUSH_REGISTRY', 4, 'repository: team/app\n'],
    ['INGOT_REFERENCE_SYNTAX', 4, 'repository: registry.example/Team/App\n'],
    ['INGOT_PUSH_TAG', 5, 'repository: registry.example/app\ntags: ["a b"]\n'],
    ['INGOT_PUSH_TAG', 5, 'repository: registry.example/app\ntags: ["{Version}"]\n'],
    ['INGOT_FILE_VALUE', 4, 'repository: 7\n'],
    ['INGOT_FILE_KEY_UNKNOWN', 4, 'repositories: registry.example/app\n'],
    [
      'INGOT_ARTIFACT_MEDIA_TYPE',
      7,
      'repository: registry.example/app\nattach:\n  - artifactType: x\n    files: [{ from: a, mediaType: application/vnd.oci.image.index.v1+json }]\n',
    ],
  ])('is refused with %s in line %i: %j', async (code, line, more) => {
    await expect(read(head + more)).rejects.toMatchObject({ code, place: expect.objectContaining({ line }) });
  });
});

describe('a repository', () => {
  it('without a registry lies below the one of nx.json, and is never guessed', () => {
    expect(parseRepository('app', 'registry.example/team/')).toEqual({
      registry: 'registry.example',
      repository: 'team/app',
    });
    expect(parseRepository('localhost/app', 'registry.example')).toEqual({ registry: 'localhost', repository: 'app' });
    expect(() => parseRepository('app', undefined)).toThrow(expect.objectContaining({ code: 'INGOT_PUSH_REGISTRY' }));
  });
});
