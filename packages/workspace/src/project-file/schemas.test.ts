import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { filesUnder, readText } from '../../../../tools/repository.ts';

const schemas = filesUnder('packages').filter((path) => /^packages\/[^/]+\/schema\/[^/]+\.schema\.json$/.test(path));

describe('the schemas of project files', () => {
  it('are found', () => expect(schemas.length).toBeGreaterThanOrEqual(4));

  // At run time nobody checks them: that would take longer than what they are for.
  it.each(schemas)('%s is sound, by the rules of JSON Schema and of Ajv', (path) => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, validateSchema: true });
    ajv.addKeyword('x-expected');
    expect(() => ajv.compile(JSON.parse(readText(path)) as object)).not.toThrow();
  });
});
