export type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON for each thing worth knowing; the container runtime adds the time. */
export type Log = (level: 'info' | 'warning' | 'error', message: string, fields?: Fields) => void;

export const log: Log = (level, message, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
};
