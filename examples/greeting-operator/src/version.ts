/** The version of the Solution that this operator is part of: what a Greeting gets that asks for none. A test compares it with solution.yaml. */
export const solutionVersion = '0.1.0';
