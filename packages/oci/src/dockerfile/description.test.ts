import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatError } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageFile } from '../image/description.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-dockerfile-key-'));
});
afterAll(() => rm(root, { recursive: true }));

async function read(text: string) {
  const file = join(root, 'image.yaml');
  await writeFile(file, `ingot: image/v1\nname: a\nversion: 0.1.0\n${text}`);
  return (await readImageFile(file)).dockerfile;
}

async function errors(text: string): Promise<string> {
  const thrown: unknown = await read(text).catch((error: unknown) => error);
  return formatError(thrown, { cwd: root });
}

describe('dockerfile:', () => {
  it('is absent where the image is assembled', async () => {
    expect(await read('from: scratch\n')).toBeUndefined();
  });

  it('is the path of a Dockerfile, or a map', async () => {
    const defaults = { target: undefined, args: {}, secrets: [], engine: 'auto', builder: undefined, cacheFrom: [] };
    expect(await read('dockerfile: docker/Dockerfile\n')).toMatchObject({
      ...defaults,
      file: 'docker/Dockerfile',
      context: '.',
      place: { line: 4, column: 1 },
    });
    expect(await read('dockerfile: {}\n')).toMatchObject({ ...defaults, file: 'Dockerfile', context: '.' });
    expect(await read('dockerfile: { context: app/ }\n')).toMatchObject({ file: 'app/Dockerfile', context: 'app/' });
    expect(await read('dockerfile: { builder: far, args: { V: 1.10, E: "" }, cacheTo: [a, b] }\n')).toMatchObject({
      ...{ engine: 'buildx', builder: 'far', args: { V: '1.10', E: '' }, cacheTo: ['a', 'b'] },
    });
    expect(await read('dockerfile: { secrets: [{ id: a, env: A }, { id: b, file: ~/b }] }\n')).toMatchObject({
      secrets: [
        { id: 'a', from: { env: 'A' } },
        { id: 'b', from: { file: '~/b' } },
      ],
    });
  });

  it('is as the documentation has it', async () => {
    const page = await readFile(new URL('../../../../docs/dockerfiles.md', import.meta.url), 'utf8');
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(examples).toHaveLength(2);
    for (const text of examples) expect(await read(text.replace(/^(#|ingot|name|version).*\n/gm, ''))).toBeDefined();
  });

  it.each([
    ['from: scratch', 'FROM'],
    ['layers: []', 'COPY'],
    ['entrypoint: [/a]', 'ENTRYPOINT'],
    ['cmd: [a]', 'CMD'],
    ['env: { A: b }', 'ENV'],
    ['user: 1', 'USER'],
    ['workdir: /a', 'WORKDIR'],
    ['ports: [1]', 'EXPOSE'],
    ['volumes: [/a]', 'VOLUME'],
    ['stopSignal: SIGTERM', 'STOPSIGNAL'],
  ])('has no %s beside it', async (line, instruction) => {
    const key = line.split(':')[0]!;
    const text = await errors(`dockerfile: Dockerfile\n${line}\n`);
    expect(text).toContain(
      `image.yaml:5:1  INGOT_IMAGE_BESIDE_DOCKERFILE  "${key}" has no place beside "dockerfile"\n  help: the Dockerfile says it: ${instruction};`,
    );
  });

  it.each([
    ['{ engine: kaniko }', '4:15  INGOT_FILE_VALUE  dockerfile.engine: kaniko is not valid: expected one of'],
    ['{ engine: podman, builder: far }', 'INGOT_FILE_VALUE  dockerfile.builder: only docker buildx has builders'],
    ['{ contxt: . }', '4:15  INGOT_FILE_KEY_UNKNOWN  unknown key "contxt"; did you mean "context"?'],
    ['3', '4:1  INGOT_FILE_VALUE  dockerfile: 3 is not valid: expected the path of a Dockerfile, or a map'],
    ['{ args: { A=B: c } }', 'INGOT_FILE_VALUE  dockerfile.args: "A=B" cannot name a build argument'],
    ['{ args: { SOURCE_DATE_EPOCH: 1 } }', 'SOURCE_DATE_EPOCH is given to every build'],
    ['{ args: { A: [1] } }', 'INGOT_FILE_TYPE  dockerfile.args.A must be a text for each key'],
    ['{ secrets: [{ id: a }] }', 'dockerfile.secrets: "a" needs either env or file'],
    ['{ secrets: [{ id: a, env: A, file: b }] }', 'dockerfile.secrets: "a" needs either env or file'],
    ['{ secrets: [{ env: A }] }', 'INGOT_FILE_KEY_MISSING  dockerfile.secrets[0] lacks the key "id"'],
    ['{ secrets: [{ id: "a,src=/etc/shadow", env: A }] }', 'INGOT_FILE_VALUE  dockerfile.secrets[0].id:'],
    ['{ builder: --x }', 'INGOT_FILE_VALUE  dockerfile.builder: --x is not valid: expected the name of a builder'],
    ['{ cacheTo: "type=s3,secret_access_key=x" }', 'dockerfile.cacheTo: secret_access_key is a secret'],
    ['{ cacheFrom: ["type=gha,token=x"] }', 'dockerfile.cacheFrom: token is a secret'],
  ])('refuses %s', async (value, expected) => {
    expect(await errors(`dockerfile: ${value}\n`)).toContain(expected);
  });
});
