import ts from 'typescript';

/** One import of a file. `static` runs when the file is loaded, `dynamic` when it is reached, `type` never. */
export type Import = { specifier: string; kind: 'static' | 'dynamic' | 'type'; line: number };

/**
 * Every import of a TypeScript file, by its syntax tree: import and re-export declarations, `import()` as a call and
 * as a type, `import x = require()` and `require()`. Under `verbatimModuleSyntax` only `import type` vanishes:
 * `import { type A } from 'x'` still loads x, and so is static. A specifier that is computed reads `<computed>`.
 */
export function importsOf(text: string, fileName: string): Import[] {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, kind: Import['kind']) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    found.push({
      specifier: specifier && ts.isStringLiteralLike(specifier) ? specifier.text : '<computed>',
      kind,
      line,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node, node.moduleSpecifier, isTypeOnly(node.importClause) ? 'type' : 'static');
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node, node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly ? 'type' : 'static');
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'type');
    } else if (ts.isCallExpression(node)) addCall(node);
    ts.forEachChild(node, visit);
  };
  const addCall = (call: ts.CallExpression) => {
    if (call.expression.kind === ts.SyntaxKind.ImportKeyword) add(call, call.arguments[0], 'dynamic');
    if (ts.isIdentifier(call.expression) && call.expression.text === 'require') add(call, call.arguments[0], 'dynamic');
  };
  visit(file);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** The package of a bare specifier: `@nx/devkit` of `@nx/devkit/testing`, `yaml` of `yaml`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
