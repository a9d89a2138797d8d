import { describe, expect, it } from 'vitest';
import { registriesOf } from './session.ts';

const context = (registries: unknown) => ({
  root: '/workspace',
  nxJsonConfiguration: { plugins: [{ plugin: '@ingot/oci/plugin', options: { registries } }] },
});

describe('registriesOf', () => {
  it.each([
    ['a list', [], 'INGOT_OPTION_VALUE', /a map from host/],
    ['a text', 'registry.example', 'INGOT_OPTION_VALUE', /a map from host/],
    ['settings that are a text', { 'registry.example': 'ca.pem' }, 'INGOT_REGISTRY_OPTION', /registry\.example/],
    ['settings that are null', { 'registry.example': null }, 'INGOT_REGISTRY_OPTION', /registry\.example/],
    ['a text for true', { 'registry.example': { plainHttp: 'true' } }, 'INGOT_REGISTRY_OPTION', /plainHttp.*"true"/],
    ['a number', { 'registry.example': { caFile: 3 } }, 'INGOT_REGISTRY_OPTION', /caFile/],
    ['an empty path', { 'registry.example': { caFile: '' } }, 'INGOT_REGISTRY_OPTION', /caFile/],
    ['one mirror', { 'registry.example': { mirrors: 'mirror.example' } }, 'INGOT_REGISTRY_OPTION', /mirrors/],
    ['a misspelt name', { 'registry.example': { plainHTTP: true } }, 'INGOT_REGISTRY_OPTION', /"plainHTTP"/],
    ['a URL', { 'https://registry.example': {} }, 'INGOT_REGISTRY_OPTION', /https:/],
  ])('refuses %s, and says where it stands', async (_name, registries, code, message) => {
    const opened = (async () => registriesOf(context(registries)))();
    await expect(opened).rejects.toMatchObject({ code, path: 'nx.json', message: expect.stringMatching(message) });
  });

  it('is one session for the same settings, with CA files of the workspace', async () => {
    const registries = { 'registry.example': { caFile: 'ca.pem' } };
    const session = await registriesOf(context(registries));
    expect(await registriesOf(context(structuredClone(registries)))).toBe(session);
    const repository = session.repository('registry.example/a');
    await expect(repository.resolve()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_CA',
      message: expect.stringContaining('/workspace/ca.pem'),
    });
  });
});
