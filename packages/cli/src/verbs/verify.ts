import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatFinding, formatVerdict, printable, type Finding } from '@ingot/workspace';
import { accessOptions } from '../access.ts';
import { oneArgument } from '../arguments.ts';
import { jsonText } from '../json.ts';
import type { Terminal, Verb, VerbValues } from '../verb.ts';
import { isSource, verifyBundle } from '../verify/bundle.ts';
import { verifyIso } from '../verify/iso.ts';

export const verify: Verb = {
  name: 'verify',
  synopsis: '<x.iso | folder | source> [--deep] [--format …] [--consumer …] [--json]',
  summary: 'Applies every rule of the consumer to a Solution, an operator bundle or a catalog, a line each.',
  options: {
    deep: { type: 'boolean', help: 'of an ISO: unpack every layer as well, and compare it with its diff ID' },
    format: { type: 'string', value: 'plain|registry|helm', help: 'of a bundle; else what it looks like' },
    consumer: {
      type: 'string',
      value: 'rukpak|olm',
      help: 'whose rules a bundle has to keep; else those of all that take it',
    },
    json: { type: 'boolean', help: 'the verdict as JSON' },
    ...accessOptions,
  },
  examples: [
    'ingot verify hello-solution-0.1.0.iso',
    'ingot verify hello-solution-0.1.0.iso --json',
    'ingot verify docker://registry.example/team/hello-operator-bundle:1.0.0',
    'ingot verify ./bundle --format registry --consumer olm',
  ],

  async run(args, terminal) {
    const what = oneArgument(this, args, 'an ISO, a folder or an image');
    const asJson = args.values['json'] === true;
    const findings: Finding[] = [];
    const kind = await kindOf(what, terminal);
    for await (const finding of judge(kind, what, args.values, terminal)) {
      findings.push(finding);
      if (!asJson) terminal.stdout.write(`${formatFinding(finding)}\n`);
    }
    const errors = findings.filter(({ level }) => level === 'error').length;
    const warnings = findings.filter(({ level }) => level === 'warning').length;
    const verdict = jsonText({ [kind]: what, errors, warnings, findings });
    terminal.stdout.write(`${asJson ? verdict : `${printable(what)}: ${formatVerdict(findings)}`}\n`);
    return errors > 0 ? 1 : 0;
  },
};

/** A file is an ISO; bundles are folders and images. */
async function kindOf(text: string, terminal: Terminal): Promise<'iso' | 'bundle'> {
  if (isSource(text)) return 'bundle';
  const stats = await stat(resolve(terminal.cwd(), text)).catch(() => undefined);
  return stats?.isDirectory() ? 'bundle' : 'iso';
}

async function* judge(
  kind: 'iso' | 'bundle',
  text: string,
  values: VerbValues,
  terminal: Terminal,
): AsyncGenerator<Finding, void, undefined> {
  if (kind === 'bundle') yield* await verifyBundle(text, values, terminal);
  else yield* verifyIso(resolve(terminal.cwd(), text), text, values['deep'] === true, terminal);
}
