// node check.mjs OPENAPI URL
//
// Checks the document OPENAPI with a linter, its examples against its
// schemas, then what the service at URL answers: each call of the document,
// and each of its statuses, has to be seen and to be as the document says.
// Last a client in TypeScript, with the types that are made of the document.
// Prints what is wrong; the last line counts.

import { readFileSync, writeFileSync } from 'node:fs';

import { Answers } from './answers.mjs';
import { ask } from './cases.mjs';
import { examples } from './examples.mjs';
import { linted } from './linted.mjs';
import { Schemas } from './schemas.mjs';
import { compiled, types } from './typed.mjs';

const [file, url] = process.argv.slice(2);
let passed = 0;
let failed = 0;

function result(name, problems) {
    if (problems.length === 0) {
        passed++;
        return;
    }

    failed++;
    console.log(`FAILED: ${name}`);

    for (const problem of problems.slice(0, 10)) {
        console.log(`    ${problem}`);
    }
}

async function attempt(name, check) {
    try {
        result(name, await check());
    } catch (error) {
        result(name, [error.stack]);
    }
}

const text = readFileSync(file, 'utf8');
const doc = JSON.parse(text);
const schemas = new Schemas(doc);
const answers = new Answers(doc, schemas, url);

await attempt('the linter', () => linted(text));

for (const [name, schema, value] of examples(doc)) {
    await attempt(`the example ${name}`, () => schemas.problems(schema, value));
}

await attempt('the document is the one that is served', async () => {
    const served = await (await fetch(`${url}/a/b/openapi.json`)).json();

    return JSON.stringify(served) === JSON.stringify(doc)
        ? [] : ['it is another one'];
});

await attempt('the calls', async () => {
    await ask(answers);
    return [];
});

for (const [name, problems] of answers.results()) {
    result(name, problems);
}

await attempt('statuses that were not seen', () => answers.missing());

await attempt('a client in TypeScript', async () => {
    writeFileSync('schema.d.ts', await types(doc));

    const problems = compiled(['client.ts']);

    if (problems.length) {
        return problems;
    }

    const { client } = await import(`${process.cwd()}/out/client.js`);

    return client(`${url}/finance/`, 'typed');
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
