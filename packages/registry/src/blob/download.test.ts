import { once } from 'node:events';
import { createServer } from 'node:http';
import { readBlob, verified } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { bytesOf, descriptorOf, someBytes } from '../test/blobs.ts';
import { testRegistries } from '../test/open.ts';
import type { AddressInfo } from 'node:net';
import type { Fault, LoggedRequest, OciRegistry, OciRegistryOptions } from '../../../../tools/registry/oci-registry.ts';

const { open, startRegistry } = testRegistries();
const MiB = 1024 * 1024;
const large = someBytes(3 * MiB + 17);
const descriptor = descriptorOf(large);

/** A registry that has the blob, and a repository of it. */
async function started(options: OciRegistryOptions = {}, settings: Parameters<typeof open>[0] = {}) {
  const registry = await startRegistry(options);
  registry.repository('a/b').addBlob(large);
  const registries = open(settings);
  return { registry, registries, repository: registries.repository(`${registry.host}/a/b`) };
}

function failing(times: number, fault: Fault) {
  let left = times;
  return (request: LoggedRequest) => {
    if (request.method !== 'GET' || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

async function* bytesAt(bytes: Uint8Array) {
  yield bytes;
}

const ranges = (registry: OciRegistry) => registry.requests.map(({ headers }) => headers.range);

describe('a download', () => {
  it('gives the bytes as they lie there, or a part of them', async () => {
    const { registry, repository } = await started();
    expect((await bytesOf(repository.fetch(descriptor))).equals(large)).toBe(true);
    const part = await bytesOf(repository.fetch(descriptor, { offset: MiB, length: 100 }));
    expect(part.equals(large.subarray(MiB, MiB + 100))).toBe(true);
    expect(ranges(registry)).toEqual([undefined, `bytes=${MiB}-${MiB + 99}`]);
  });

  it.each([true, false])('goes on where it was cut, whether the registry heeds Range (%s)', async (heeds) => {
    const { registry, repository } = await started({ ranges: heeds });
    registry.faults = failing(2, { cutAfter: MiB + 5, direction: 'response' });
    const parts = verified(descriptor, repository.fetch(descriptor));
    if (heeds) {
      expect((await bytesOf(parts)).equals(large)).toBe(true);
      expect(ranges(registry)).toEqual([undefined, `bytes=${MiB + 5}-`, `bytes=${2 * MiB + 10}-`]);
    } else {
      registry.faults = failing(1, { cutAfter: MiB + 5, direction: 'response' });
      expect((await bytesOf(parts)).equals(large)).toBe(true);
      expect(ranges(registry)).toEqual([undefined, `bytes=${MiB + 5}-`]);
    }
  });

  it('gives a part also where the registry gives the whole', async () => {
    const { repository } = await started({ ranges: false });
    const part = await bytesOf(repository.fetch(descriptor, { offset: MiB, length: 100 }));
    expect(part.equals(large.subarray(MiB, MiB + 100))).toBe(true);
  });

  it('ends after so many cuts that bring nothing', async () => {
    const { registry, registries, repository } = await started();
    registry.faults = failing(99, { cutAfter: 0, direction: 'response' });
    await expect(bytesOf(repository.fetch(descriptor))).rejects.toMatchObject({ code: 'INGOT_REGISTRY_CUT' });
    expect(registry.requests).toHaveLength(5);
    expect(registries.waits).toHaveLength(4);
  });

  it('never gives more bytes than the blob has', async () => {
    const { repository } = await started({
      faults: failing(9, { change: (body) => Buffer.concat([body, body]) }),
    });
    await expect(bytesOf(repository.fetch(descriptor))).rejects.toMatchObject({
      code: 'INGOT_BLOB_WRONG',
      message: expect.stringContaining(`has ${2 * large.length} bytes, not ${large.length}`),
    });
  });

  it('never gives more bytes than the blob has where the length is not said', async () => {
    const server = createServer((_request, response) => {
      response.write(large);
      response.end(large);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const content = open().repository(`localhost:${port}/a/b`).fetch(descriptor);
    await expect(bytesOf(content)).rejects.toMatchObject({
      code: 'INGOT_BLOB_WRONG',
      message: expect.stringContaining('has more than'),
    });
    server.closeAllConnections();
    server.close();
  });

  it('notices a short body, and wrong bytes by the digest', async () => {
    const { registry, repository } = await started({ faults: failing(1, { change: (body) => body.subarray(1) }) });
    await expect(bytesOf(repository.fetch(descriptor))).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    registry.faults = failing(1, { change: (body) => Buffer.from(body).fill(7, MiB, MiB + 1) });
    const wrong = bytesOf(verified(descriptor, repository.fetch(descriptor)));
    await expect(wrong).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG', digest: descriptor.digest });
  });

  it('refuses a part that is another than was asked for', async () => {
    const { registry, repository } = await started();
    const content = repository.fetch(descriptor, { offset: MiB, length: 100 });
    const range = `bytes ${MiB + 1}-${MiB + 100}/${large.length}`;
    registry.faults = failing(1, { addHeaders: { 'content-range': range } });
    await expect(bytesOf(content)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_RANGE',
      message: expect.stringContaining(range),
    });
  });

  it('says that a page of HTML is no blob', async () => {
    const { repository } = await started({
      faults: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome!</html>' }),
    });
    await expect(bytesOf(repository.fetch(descriptor))).rejects.toMatchObject({ code: 'INGOT_REGISTRY_ANSWER' });
  });

  it('says where a blob is not', async () => {
    const { registry, repository } = await started();
    const other = descriptorOf(someBytes(10, 9));
    expect(await repository.exists(other)).toBe(false);
    await expect(bytesOf(repository.fetch(other))).rejects.toMatchObject({
      code: 'INGOT_BLOB_MISSING',
      message: expect.stringContaining(`${registry.host}/a/b`),
    });
  });

  it('does not exist with another size', async () => {
    const { repository } = await started();
    expect(await repository.exists(descriptor)).toBe(true);
    expect(await repository.exists({ ...descriptor, size: 5 })).toBe(false);
  });

  it('may be left in the middle', async () => {
    const { registries, repository } = await started();
    for await (const part of repository.fetch(descriptor)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    await registries.close();
  });
});

describe('a mirror', () => {
  async function mirrored(...mirrors: readonly string[]) {
    const mirror = await startRegistry();
    const origin = await startRegistry();
    const registries = open({ registries: { [origin.host]: { mirrors: [...mirrors, `${mirror.host}/copy`] } } });
    return { mirror, origin, registries, repository: registries.repository(`${origin.host}/a/b`) };
  }

  it('is asked first', async () => {
    const { mirror, origin, repository } = await mirrored();
    mirror.repository('copy/a/b').addBlob(large);
    expect((await readBlob(repository, descriptor)).length).toBe(large.length);
    expect(origin.requests).toEqual([]);
  });

  it('that has it not, or cannot be reached, is passed over', async () => {
    const { mirror, origin, registries, repository } = await mirrored('localhost:1');
    origin.repository('a/b').addBlob(large);
    expect((await readBlob(repository, descriptor)).length).toBe(large.length);
    expect(mirror.lines).toEqual([`GET 404 /v2/copy/a/b/blobs/${descriptor.digest}`]);
    expect(registries.warnings.at(-1)).toContain('the mirror localhost:1/a/b is passed over');
  });

  it('that breaks off is gone on from by the next', async () => {
    const { mirror, origin, repository } = await mirrored();
    mirror.repository('copy/a/b').addBlob(large);
    origin.repository('a/b').addBlob(large);
    let asked = 0;
    mirror.faults = () => ((asked += 1) === 1 ? { cutAfter: MiB, direction: 'response' } : { status: 404 });
    expect(large.equals(await readBlob(repository, descriptor))).toBe(true);
    expect(ranges(origin)).toEqual([`bytes=${MiB}-`]);
  });

  it('that gave wrong bytes is not asked for them again', async () => {
    const { mirror, origin, repository } = await mirrored();
    mirror.repository('copy/a/b').blobs.set(descriptor.digest, someBytes(large.length, 5));
    origin.repository('a/b').addBlob(large);
    await expect(readBlob(repository, descriptor)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(large.equals(await readBlob(repository, descriptor))).toBe(true);
  });

  it('is never pushed to, and counts where the registry is away', async () => {
    const { mirror, origin, repository } = await mirrored();
    await repository.receive(descriptor, { exists: async () => true, fetch: () => bytesAt(large) });
    expect(mirror.requests).toEqual([]);
    mirror.repository('copy/a/b').addBlob(large);
    await origin[Symbol.asyncDispose]();
    expect(await repository.exists(descriptor)).toBe(true);
  });
});
