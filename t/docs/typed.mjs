// TypeScript: the types of a document, and the compiler's complaints.

import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';

export async function types(doc) {
    return astToString(await openapiTS(structuredClone(doc)));
}

// As tsc -p . does, with the options of tsconfig.json; output in out/.
export function compiled(files) {
    const { config, error } = ts.readConfigFile('tsconfig.json',
                                                ts.sys.readFile);

    if (error) {
        return [String(error.messageText)];
    }

    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
    const program = ts.createProgram(files, options);
    const { diagnostics } = program.emit();

    return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map((d) =>
        `${d.file?.fileName}:${d.start}: `
        + ts.flattenDiagnosticMessageText(d.messageText, ' '));
}
