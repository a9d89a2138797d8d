import { describe, expect, it } from 'vitest';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { Giving, descriptorOf, someBytes } from '../test/blobs.ts';
import { testRegistries } from '../test/open.ts';
import type { Fault, LoggedRequest } from '../../../../tools/registry/oci-registry.ts';

const { open } = testRegistries();
const MiB = 1024 * 1024;
const large = someBytes(3 * MiB + 17);
const small = someBytes(1000, 2);

/** The first `times` requests of this kind go wrong. */
function failing(times: number, method: string, fault: Fault, kind = '/blobs/uploads/') {
  let left = times;
  return (request: LoggedRequest) => {
    if (request.method !== method || !request.path.includes(kind) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

/** Pushes these bytes and tells what happened. */
async function push(registry: OciRegistry, bytes: Buffer, from: Giving = new Giving(bytes), name = 'a/b') {
  const registries = open();
  let told = 0;
  const descriptor = descriptorOf(bytes);
  const how = await registries.repository(`${registry.host}/${name}`).receive(descriptor, from, {
    onBytes: (count) => {
      expect(count).toBeGreaterThan(0);
      told += count;
    },
  });
  expect(registry.repository(name).blobs.get(descriptor.digest)?.equals(bytes)).toBe(true);
  return { how, told, from, waits: registries.waits };
}

/** Methods and statuses alone. */
const steps = (registry: OciRegistry) => registry.requests.map(({ method, status }) => `${method} ${status}`);

describe('an upload', () => {
  it('of a small blob is one request after the registry has opened it', async () => {
    await using registry = await OciRegistry.start();
    expect(await push(registry, small)).toMatchObject({ how: 'sent', told: small.length });
    expect(steps(registry)).toEqual(['HEAD 404', 'POST 202', 'PUT 201']);
  });

  it('of nothing works as well', async () => {
    await using registry = await OciRegistry.start();
    expect(await push(registry, Buffer.alloc(0))).toMatchObject({ how: 'sent', told: 0 });
  });

  it('of a large blob is one stream', async () => {
    await using registry = await OciRegistry.start();
    expect(await push(registry, large)).toMatchObject({ how: 'sent', told: large.length });
    expect(steps(registry)).toEqual(['HEAD 404', 'POST 202', 'PATCH 202', 'PUT 201']);
    expect(registry.requests[2]!.headers).toMatchObject({ 'content-length': String(large.length) });
  });

  it('goes on where it was cut, and sends no byte twice that has arrived', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = failing(2, 'PATCH', { cutAfter: MiB, direction: 'request' });
    const { from, told, waits } = await push(registry, large);
    expect(from.asked).toEqual([0, MiB, 2 * MiB]);
    expect(told).toBe(large.length);
    expect(waits).toHaveLength(2);
    const ranges = registry.requests.map(({ headers }) => headers['content-range']).filter((one) => one !== undefined);
    expect(ranges).toEqual([`${MiB}-${large.length - 1}`, `${2 * MiB}-${large.length - 1}`]);
  });

  it('is content with a registry that counts one byte too many', async () => {
    await using registry = await OciRegistry.start();
    const addHeaders = { range: `0-${large.length}` };
    registry.faults = ({ method }) => (method === 'PATCH' ? { addHeaders } : undefined);
    const { told } = await push(registry, large);
    expect(told).toBe(large.length);
    expect(steps(registry).filter((step) => !step.startsWith('HEAD'))).toEqual(['POST 202', 'PATCH 202', 'PUT 201']);
  });

  it('is never given up as long as each attempt brings bytes there', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = failing(11, 'PATCH', { cutAfter: MiB / 4, direction: 'request' });
    const { told } = await push(registry, large);
    expect(told).toBe(large.length);
    expect(registry.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(12);
  });

  it('begins again where the registry forgets what was cut', async () => {
    await using registry = await OciRegistry.start();
    let cut = false;
    registry.faults = ({ method }) => {
      // Distribution 2.8 answers like this: what it has is not where the client thinks.
      if (method === 'GET') return { status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_INVALID"}]}' };
      if (method !== 'PATCH' || cut) return undefined;
      cut = true;
      return { cutAfter: MiB, direction: 'request' };
    };
    const { from, told } = await push(registry, large);
    expect(from.asked).toEqual([0, 0]);
    expect(told).toBe(large.length);
  });

  it('goes in one request, again and again, where the registry takes no parts', async () => {
    await using registry = await OciRegistry.start({ chunked: false });
    registry.faults = failing(2, 'PUT', { cutAfter: MiB, direction: 'request' });
    const { told } = await push(registry, large);
    expect(told).toBe(large.length);
    expect(steps(registry).filter((step) => step.startsWith('PUT'))).toEqual(['PUT 0', 'PUT 0', 'PUT 201']);
  });

  it('goes in smaller pieces where the whole is too much, down to what the registry wants at least', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = ({ method, headers, path }) => {
      if (method === 'POST') return { addHeaders: { 'oci-chunk-min-length': String(2 * MiB) } };
      const tooMuch = method === 'PATCH' && Number(headers['content-length']) > 2.5 * MiB;
      return tooMuch && path.includes('uploads') ? { status: 413, body: '<html>too large</html>' } : undefined;
    };
    await push(registry, large);
    const taken = registry.requests.filter(({ method, status }) => method === 'PATCH' && status === 202);
    expect(taken.map(({ headers }) => headers['content-range'])).toEqual([
      `0-${2 * MiB - 1}`,
      `${2 * MiB}-${large.length - 1}`,
    ]);
  });

  it('says what to do where even the smallest piece is too much', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = ({ method }) => (method === 'PATCH' || method === 'PUT' ? { status: 413 } : undefined);
    const error = { code: 'INGOT_REGISTRY_TOO_LARGE', help: expect.stringContaining('client_max_body_size') };
    await expect(push(registry, large)).rejects.toMatchObject(error);
  });

  it('goes in smaller pieces where a proxy holds back what was cut', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = failing(3, 'PATCH', { cutAfter: 0, direction: 'request' });
    await push(registry, large);
    const lengths = registry.requests
      .filter(({ method }) => method === 'PATCH')
      .map(({ headers }) => headers['content-length']);
    expect(new Set(lengths).size).toBeGreaterThan(1);
  });

  it('takes an answer that was lost for what it was', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = ({ method }) => {
      if (method !== 'PUT') return undefined;
      registry.repository('a/b').addBlob(small);
      return { status: 502 };
    };
    await push(registry, small);
    expect(steps(registry)).toEqual(['HEAD 404', 'POST 202', 'PUT 502', 'HEAD 200']);
  });

  it('finds out that the source is wrong, and tells it', async () => {
    await using registry = await OciRegistry.start();
    const wrong = new Giving(someBytes(large.length, 3));
    await expect(push(registry, large, wrong)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(wrong.rejected).toBe(1);
    const wrongSmall = new Giving(someBytes(small.length, 3));
    await expect(push(registry, small, wrongSmall)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(wrongSmall.rejected).toBe(1);
    expect(registry.repository('a/b').blobs.size).toBe(0);
  });

  it.each([-1, 1])('stops where the source has %i bytes more than it should', async (more) => {
    await using registry = await OciRegistry.start();
    const wrong = new Giving(someBytes(large.length + more));
    await expect(push(registry, large, wrong)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(wrong.rejected).toBe(1);
    // Whether the registry has heard of it before we broke it off is a matter of time.
    const sent = steps(registry).filter((step) => step !== 'HEAD 404');
    expect([['POST 202'], ['POST 202', 'PATCH 0']]).toContainEqual(sent);
  });

  it('passes on what the source fails of, and does not try again', async () => {
    await using registry = await OciRegistry.start();
    const gone = new Giving(large);
    gone.fetch = () => {
      throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    };
    await expect(push(registry, large, gone)).rejects.toMatchObject({ code: 'EIO' });
    expect(registry.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is sent again where the way changed its bytes, and given up where it does so always', async () => {
    await using registry = await OciRegistry.start();
    const invalid = { status: 400, body: '{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}' };
    registry.faults = failing(1, 'PUT', invalid);
    await push(registry, large);
    await using worse = await OciRegistry.start({ faults: failing(9, 'PUT', invalid) });
    await expect(push(worse, large)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_DIGEST',
      digest: descriptorOf(large).digest,
    });
  });

  it('ends after so many attempts that bring nothing', async () => {
    await using registry = await OciRegistry.start();
    registry.faults = failing(99, 'PATCH', { status: 503 });
    await expect(push(registry, large)).rejects.toMatchObject({ code: 'INGOT_REGISTRY_FAILED', status: 503 });
    expect(registry.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(5);
  });
});
