import { execa } from 'execa';

/** The Python modules that judge our bytes, and the Debian package that brings each. */
export const pythonModules = { yaml: 'python3-yaml', jinja2: 'python3-jinja2' } as const;

export type PythonModule = keyof typeof pythonModules;

/** Debian's own Python sees Debian's modules; one that comes before it on PATH may not. */
const interpreters = ['/usr/bin/python3', 'python3'];
const noModule = 77;

/**
 * What a Python program prints as JSON about `input` (which it finds as `text`). MetalK8s is written in Python: PyYAML
 * and Jinja2 are its own readers. Throws an Error that names the Debian package of a module that is not there.
 */
export async function python(module: PythonModule, program: string, input: string): Promise<unknown> {
  const script = `import sys, json
try:
  import ${module}
except ImportError:
  sys.exit(${noModule})
text = sys.stdin.buffer.read().decode()
${program}
`;
  for (const interpreter of interpreters) {
    const { stdout, stderr, exitCode, failed } = await execa(interpreter, ['-c', script], { input, reject: false });
    if (exitCode === noModule || exitCode === undefined) continue;
    if (failed) throw new Error(stderr);
    return JSON.parse(stdout) as unknown;
  }
  throw new Error(
    `Python's ${module} is not installed, and without it this test proves nothing: apt-get install ${pythonModules[module]}`,
  );
}

/** The modules that are not on this machine. */
export async function missingModules(): Promise<PythonModule[]> {
  const modules = Object.keys(pythonModules) as PythonModule[];
  const missing = await Promise.all(
    modules.map((module) =>
      python(module, 'print(1)', '').then(
        () => [],
        () => [module],
      ),
    ),
  );
  return missing.flat();
}

/** A YAML document as PyYAML reads it; what JSON cannot say (a date) comes as text in angle brackets. */
export function pyYaml(text: string): Promise<unknown> {
  return python('yaml', `print(json.dumps(yaml.safe_load(text), default=lambda value: f'<{value}>'))`, text);
}

/** A template as Jinja2 renders it, the way Salt sets it up. */
export async function jinja2(text: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = `given = json.loads(${JSON.stringify(JSON.stringify(variables))})
print(json.dumps(jinja2.Environment(keep_trailing_newline=True).from_string(text).render(**given)))`;
  return (await python('jinja2', program, text)) as string;
}
