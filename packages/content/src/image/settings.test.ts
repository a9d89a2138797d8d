import { describe, expect, it } from 'vitest';
import { mergeSettings } from './settings.ts';
import type { ImageSettings } from './image-settings.ts';

const base = {
  User: 'nobody',
  Env: ['PATH=/usr/bin:/bin', 'LANG=C'],
  Entrypoint: ['/entry'],
  Cmd: ['serve'],
  WorkingDir: '/srv',
  Labels: { vendor: 'base', kept: 'yes' },
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/data': {} },
  StopSignal: 'SIGQUIT',
};

describe('settings over those of a base', () => {
  it('change nothing where nothing is said', () => {
    expect(mergeSettings(base, {})).toEqual(base);
  });

  it('replace what is one value', () => {
    const settings = { user: '1:2', workdir: '/', stopSignal: 'SIGTERM', cmd: ['other'] };
    expect(mergeSettings(base, settings)).toEqual({
      ...base,
      ...{ User: '1:2', WorkingDir: '/', StopSignal: 'SIGTERM', Cmd: ['other'] },
    });
  });

  it('forget the cmd of the base under a new entrypoint, unless there is a new one, too', () => {
    const entrypoint = ['/mine'];
    expect(mergeSettings(base, { entrypoint }).Cmd).toBeUndefined();
    expect(mergeSettings(base, { entrypoint, cmd: ['run'] })).toMatchObject({ Entrypoint: entrypoint, Cmd: ['run'] });
  });

  it('replace env by name, in its place, and add to it at the end', () => {
    const { Env } = mergeSettings(base, { env: { NEW: 'a=b', PATH: '/opt/bin', EMPTY: '' } });
    expect(Env).toEqual(['PATH=/opt/bin', 'LANG=C', 'NEW=a=b', 'EMPTY=']);
  });

  it('add labels, ports and volumes', () => {
    const settings = { labels: { vendor: 'us' }, ports: [8080, '53/udp'], volumes: ['/var/cache'] };
    expect(mergeSettings(base, settings)).toMatchObject({
      Labels: { vendor: 'us', kept: 'yes' },
      ExposedPorts: { '80/tcp': {}, '8080/tcp': {}, '53/udp': {} },
      Volumes: { '/data': {}, '/var/cache': {} },
    });
  });

  it('clear a list with an empty one', () => {
    expect(mergeSettings(base, { entrypoint: [], cmd: [] })).not.toHaveProperty('Entrypoint');
    expect(mergeSettings(base, { entrypoint: [], cmd: [] })).not.toHaveProperty('Cmd');
  });
});

describe('settings refused', () => {
  it.each<ImageSettings>([
    { env: { '': 'x' } },
    { env: { 'A=B': 'x' } },
    { env: { A: 'x\0' } },
    { ports: [0] },
    { ports: [65536] },
    { ports: ['http'] },
    { ports: ['80/icmp'] },
    { ports: [80.5] },
    { volumes: ['data'] },
    { workdir: 'srv' },
    { workdir: '' },
    { user: '' },
    { user: 'a:b:c' },
    { user: 'a b' },
    { stopSignal: 'TERM' },
    { entrypoint: ['a\0b'] },
    { labels: { a: '\0' } },
  ])('%j', (settings) => {
    const refused = expect.objectContaining({ code: 'INGOT_IMAGE_CONFIG', help: expect.any(String) });
    expect(() => mergeSettings({}, settings)).toThrow(refused);
  });

  it.each<ImageSettings>([
    { user: 'nobody' },
    { user: '65532:65532' },
    { stopSignal: '15' },
    { stopSignal: 'SIGRTMIN+3' },
    { ports: [1, 65535, '80/tcp', '80/sctp'] },
  ])('but not %j', (settings) => {
    expect(() => mergeSettings({}, settings)).not.toThrow();
  });
});
