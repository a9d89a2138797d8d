import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LayoutStore, refName } from '@ingot/content';
import { registryTest } from '../test/registry-test.ts';

const { at, makeImage, run, startRegistry, succeed } = registryTest();

describe('ingot list', () => {
  it('lists the tags of a repository, page after page', async () => {
    const registry = await startRegistry({ pageSize: 2 });
    await makeImage();
    const target = `docker://${registry.host}/team/tool`;
    await succeed('copy', 'oci:image', `${target}:1`);
    await succeed('tag', `${target}:1`, '2', '3', '4', '5');
    expect(await succeed('list', target)).toBe('1\n2\n3\n4\n5\n');
    expect(JSON.parse(await succeed('list', target, '--json'))).toEqual({
      repository: `${registry.host}/team/tool`,
      tags: ['1', '2', '3', '4', '5'],
    });
  });

  it('lists the images of a layout', async () => {
    const { mediaType, digest, size } = await makeImage();
    const layout = new LayoutStore(at('image'));
    const hostile = { mediaType, digest, size, annotations: { [refName]: 'a\u001b[2J\nb' } };
    await layout.setRoots([...(await layout.roots()), hostile, { mediaType, digest, size }]);
    expect(await succeed('list', 'oci:image')).toBe(
      ['1.0', 'a\\x1b[2J b', '(no name)'].map((name) => `${name}  ${digest}  ${mediaType}\n`).join(''),
    );
    const images = ['1.0', 'a\u001b[2J\nb', null].map((reference) => ({ reference, mediaType, digest, size }));
    const json = await succeed('list', 'oci:image', '--json');
    expect(JSON.parse(json)).toEqual({ images });
    expect(json).not.toContain('\u001b');
  });

  it.each([
    [['list', 'debian'], 2, 'Did you mean docker://debian?'],
    [['list', 'oci-archive:x.tar'], 2, 'Name an ISO'],
    [['list', 'oci:image:1.0'], 2, 'Write oci:image'],
    [['list', 'docker://registry.example/tool:1.0'], 2, 'Write docker://registry.example/tool'],
    [['list', 'missing.iso'], 1, 'INGOT_ISO_OPEN'],
    [['list', 'oci:missing'], 1, 'INGOT_LAYOUT'],
  ] as const)('ends %j with %i', async (args, exit, text) => {
    await makeImage();
    const result = await run(...args);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  it('never lets the words of a registry at the terminal', async () => {
    const registry = await startRegistry();
    const body = JSON.stringify({ errors: [{ code: 'DENIED\u001b[2J', message: 'no\u009b31m \u202e' }] });
    registry.faults = () => ({ status: 403, headers: { warning: '299 - "old\u009b1m"' }, body });
    const { exit, stderr } = await run('list', `docker://${registry.host}/tool`);
    expect(exit).toBe(1);
    expect(stderr).toContain('INGOT_REGISTRY_DENIED');
    expect(stderr).toContain('warning: ');
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
    registry.faults = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"tags":["\\u001b[2J"]}',
    });
    const other = await run('list', `docker://${registry.host}/tool`);
    expect(other).toMatchObject({ exit: 1, stdout: '' });
    expect(other.stderr).toContain('INGOT_REGISTRY_ANSWER');
  });

  it('is told by a page of HTML that this is no registry', async () => {
    const registry = await startRegistry();
    registry.faults = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' });
    const { exit, stdout, stderr } = await run('list', `docker://${registry.host}/tool`);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toMatch(/INGOT_REGISTRY_ANSWER .*\n {2}help: Is localhost:\d+ a registry\?/);
  });

  it('takes a file whatever it is called', async () => {
    await writeFile(at('image-without-suffix'), 'no ISO');
    expect((await run('list', 'image-without-suffix')).stderr).toContain('INGOT_ISO_NONE');
  });
});
