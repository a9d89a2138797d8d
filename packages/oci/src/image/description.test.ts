import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatError } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageFile, type ImageDefaults } from './description.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-image-file-'));
});
afterAll(() => rm(root, { recursive: true }));

async function read(text: string, defaults?: ImageDefaults) {
  await writeFile(join(root, 'image.yaml'), text);
  return readImageFile(join(root, 'image.yaml'), defaults);
}

/** The first lines of the errors, without help. */
async function errors(text: string): Promise<string[]> {
  const error: unknown = await read(text).catch((thrown: unknown) => thrown);
  return formatError(error, { cwd: root })
    .split('\n')
    .filter((line) => !line.startsWith('  help'));
}

const head = 'ingot: image/v1\nname: hello\nversion: 0.1.0\n';

describe('readImageFile', () => {
  it('reads the example of the documentation', async () => {
    const image = await read(`ingot: image/v1
name: hello-server
version: 0.1.0
from: scratch
layers:
  - files: [{ from: dist/server, to: /server, mode: 0755 }]
  - files: [{ from: www, to: /www }]
entrypoint: [/server, --servedir=/www, --serve=0.0.0.0:8080]
user: 65532:65532
ports: [8080]
`);
    expect(image).toMatchObject({
      name: 'hello-server',
      version: '0.1.0',
      from: undefined,
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      entrypoint: ['/server', '--servedir=/www', '--serve=0.0.0.0:8080'],
      user: '65532:65532',
      ports: ['8080'],
    });
    expect(image.layers[0]!.files[0]).toMatchObject({
      from: 'dist/server',
      to: '/server',
      mode: 0o755,
      owner: { uid: 0, gid: 0 },
      place: { line: 6, column: 15 },
    });
  });

  it('takes every scalar as it was written, whatever YAML makes of it', async () => {
    const image = await read(
      `ingot: image/v1\nname: hello\nversion: 1.10\nuser: 0644\nstopSignal: 15\ncmd: [1.0, 0x10, yes, true]\nenv: { A: 1.0, B: 010, C: true, D: "1.0" }\nlabels: { v: 2.0 }\nports: [53/udp, 080]\n`,
    ).catch((error: unknown) => error);
    expect(image).toMatchObject({
      version: '1.10',
      user: '0644',
      stopSignal: '15',
      cmd: ['1.0', '0x10', 'yes', 'true'],
      env: { A: '1.0', B: '010', C: 'true', D: '1.0' },
      labels: { v: '2.0' },
      ports: ['53/udp', '80'],
    });
  });

  it.each(['0755', '"0755"', '0o755', '755'])('takes mode: %s as octal', async (mode) => {
    const image = await read(`${head}layers:\n  - files: [{ from: a, to: /a, mode: ${mode} }]\n`);
    expect(image.layers[0]!.files[0]!.mode).toBe(0o755);
  });

  it('takes the version from package.json', async () => {
    await writeFile(join(root, 'package.json'), '{ "version": "3.2.1" }');
    expect((await read('ingot: image/v1\nname: a\nversion: package.json\n')).version).toBe('3.2.1');
    await writeFile(join(root, 'package.json'), '{ "version": "3.2.1+build" }');
    expect(await errors('ingot: image/v1\nname: a\nversion: package.json\n')).toEqual([
      'image.yaml:3:1  INGOT_IMAGE_VERSION  version: "3.2.1+build" cannot be the tag of an image',
    ]);
    await rm(join(root, 'package.json'));
    expect(await errors('ingot: image/v1\nname: a\nversion: package.json\n')).toEqual([
      expect.stringContaining('image.yaml:3:1  INGOT_IMAGE_VERSION  version: cannot read it from package.json'),
    ]);
  });

  it('puts its own labels and platforms over those of the workspace', async () => {
    const defaults = { labels: { a: 'workspace', b: 'workspace' }, platforms: ['linux/arm64'] };
    const image = await read(`${head}labels: { b: own }\n`, defaults);
    expect(image.labels).toEqual({ a: 'workspace', b: 'own' });
    expect(image.platforms).toEqual([{ os: 'linux', architecture: 'arm64' }]);
    expect((await read(`${head}platforms: [linux/amd64]\n`, defaults)).platforms).toEqual([
      { os: 'linux', architecture: 'amd64' },
    ]);
  });

  it.each([
    [
      'broken YAML',
      `${head}layers: [\n`,
      [
        'image.yaml:5:1  INGOT_YAML_SYNTAX  Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    [
      'a newer format',
      'ingot: image/v2\n',
      ['image.yaml:1:1  INGOT_FILE_VERSION  unknown format "image/v2"; did you mean "image/v1"?'],
    ],
    [
      'the file of another tool',
      'kind: x\n',
      ['image.yaml:1:1  INGOT_IMAGE_FILE  this is no image of Ingot: its first key is not `ingot: image/v1`'],
    ],
    [
      'an unknown key',
      `${head}entrypiont: [/a]\n`,
      ['image.yaml:4:1  INGOT_FILE_KEY_UNKNOWN  unknown key "entrypiont"; did you mean "entrypoint"?'],
    ],
    [
      'an unknown key of a layer',
      `${head}layers:\n  - file: []\n    files: [{ from: a, to: /a }]\n`,
      ['image.yaml:5:5  INGOT_FILE_KEY_UNKNOWN  unknown key "file"; did you mean "files"?'],
    ],
    [
      'an unknown key of files',
      `${head}layers:\n  - files:\n      - from: a\n        to: /a\n        moed: 0755\n`,
      ['image.yaml:8:9  INGOT_FILE_KEY_UNKNOWN  unknown key "moed"; did you mean "mode"?'],
    ],
    [
      'missing keys',
      'ingot: image/v1\n',
      [
        'image.yaml:1:1  INGOT_FILE_KEY_MISSING  the file lacks the key "name"',
        'image.yaml:1:1  INGOT_FILE_KEY_MISSING  the file lacks the key "version"',
      ],
    ],
    [
      'files without to',
      `${head}layers:\n  - files:\n      - from: a\n`,
      ['image.yaml:6:9  INGOT_FILE_KEY_MISSING  layers[0].files[0] lacks the key "to"'],
    ],
    [
      'a command as text',
      `${head}entrypoint: /server\n`,
      ['image.yaml:4:1  INGOT_FILE_TYPE  entrypoint must be a list: the program and its arguments, not a string'],
    ],
    [
      'layers that are no list',
      `${head}layers: www\n`,
      ['image.yaml:4:1  INGOT_FILE_TYPE  layers must be a list, not a string'],
    ],
    [
      'an empty variable',
      `${head}env:\n  A:\n`,
      ['image.yaml:5:3  INGOT_FILE_TYPE  env.A must be a text for each key, not empty'],
    ],
    [
      'a variable that is another',
      `${head}env: { "A=B": x }\n`,
      ['image.yaml:4:1  INGOT_FILE_VALUE  env: "A=B" cannot name an environment variable'],
    ],
    [
      'a name with capitals',
      'ingot: image/v1\nname: Hello\nversion: 1\n',
      [expect.stringMatching(/^image.yaml:2:1 {2}INGOT_FILE_VALUE {2}name: Hello is not valid: expected lower-case/)],
    ],
    [
      'a version that is no tag',
      'ingot: image/v1\nname: a\nversion: 1.0+x\n',
      ['image.yaml:3:1  INGOT_IMAGE_VERSION  version: "1.0+x" cannot be the tag of an image'],
    ],
    [
      'a relative destination',
      `${head}layers:\n  - files: [{ from: a, to: a }]\n`,
      [
        'image.yaml:5:24  INGOT_FILE_VALUE  layers[0].files[0].to: a is not valid: expected an absolute path in the image, such as /app',
      ],
    ],
    [
      'a mode that is none',
      `${head}layers:\n  - files: [{ from: a, to: /a, mode: 0x1ff }]\n`,
      ['image.yaml:5:32  INGOT_FILE_VALUE  mode: 0x1ff is not valid: expected octal permissions, such as 0755'],
    ],
    [
      'a named owner',
      `${head}layers:\n  - files: [{ from: a, to: /a, owner: root }]\n`,
      ['image.yaml:5:32  INGOT_FILE_VALUE  owner: root is not valid: expected numbers uid:gid, such as 65532:65532'],
    ],
    [
      'a project without target',
      `${head}layers:\n  - files: [{ from: a, to: /a, project: x }]\n`,
      ['image.yaml:5:13  INGOT_FILE_KEY_MISSING  layers[0].files[0] lacks the key "target"'],
    ],
    [
      'a port that is none',
      `${head}ports: [80, 70000, 1/icmp]\n`,
      [
        'image.yaml:4:13  INGOT_FILE_VALUE  ports[1]: 70000 is not valid: expected a port from 1 to 65535, such as 8080 or 53/udp',
        'image.yaml:4:20  INGOT_FILE_VALUE  ports[2]: 1/icmp is not valid: expected a port from 1 to 65535, such as 8080 or 53/udp',
      ],
    ],
    [
      'a platform that is none',
      `${head}platforms: [linux]\n`,
      [
        'image.yaml:4:13  INGOT_FILE_VALUE  platforms[0]: linux is not valid: expected os/architecture, such as linux/amd64',
      ],
    ],
    [
      'a relative volume',
      `${head}volumes: [data]\n`,
      ['image.yaml:4:11  INGOT_FILE_VALUE  volumes[0]: data is not valid: expected an absolute path in the image'],
    ],
    [
      'a signal that is none',
      `${head}stopSignal: TERM\n`,
      ['image.yaml:4:1  INGOT_FILE_VALUE  stopSignal: TERM is not valid: expected a signal, such as SIGTERM'],
    ],
    [
      'several mistakes at once',
      `${head}ports: [0]\nuser: [1]\nlayer: x\n`,
      [
        'image.yaml:4:9  INGOT_FILE_VALUE  ports[0]: 0 is not valid: expected a port from 1 to 65535, such as 8080 or 53/udp',
        'image.yaml:5:1  INGOT_FILE_TYPE  user must be a string or a whole number, not a list',
        'image.yaml:6:1  INGOT_FILE_KEY_UNKNOWN  unknown key "layer"; did you mean "layers"?',
      ],
    ],
  ])('reports %s at its place', async (_, text, expected) => {
    expect(await errors(text)).toEqual(expected);
  });

  it('says so where there is no file', async () => {
    await expect(readImageFile(join(root, 'none', 'image.yaml'))).rejects.toMatchObject({ code: 'INGOT_IMAGE_FILE' });
  });
});
