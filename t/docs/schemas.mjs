// The schemas of a document, strictly: a member that a schema does not name is
// wrong, too, so that the document cannot lack what is answered.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

function strict(value) {
    if (Array.isArray(value)) {
        return value.map(strict);
    }

    if (value === null || typeof value !== 'object') {
        return value;
    }

    const copy = {};

    for (const [key, member] of Object.entries(value)) {
        copy[key] = strict(member);
    }

    if (copy.properties && copy.additionalProperties === undefined) {
        copy.additionalProperties = false;
    }

    return copy;
}

export class Schemas {
    constructor(doc) {
        this.doc = doc;
        this.ajv = new Ajv({ strict: true, allErrors: true,
                             allowUnionTypes: true });
        addFormats(this.ajv);
        this.ajv.addVocabulary(['example']);
        this.ajv.addSchema({ $id: 'doc:/',
                             $defs: this.#own(doc.components.schemas) });
        this.compiled = new Map();
    }

    // Strict, and with references that lead into the one schema above.
    #own(schema) {
        return JSON.parse(JSON.stringify(strict(schema))
            .replaceAll('"#/components/schemas/', '"doc:/#/$$defs/'));
    }

    // What is wrong with a value, as lines.
    problems(schema, value) {
        const key = JSON.stringify(schema);

        if (!this.compiled.has(key)) {
            this.compiled.set(key, this.ajv.compile(this.#own(schema)));
        }

        const valid = this.compiled.get(key);

        return valid(value) ? []
            : valid.errors.map((e) => `${e.instancePath} ${e.message} `
                                      + JSON.stringify(e.params));
    }

    // What $ref stands for.
    resolve(item) {
        if (!item?.$ref) {
            return item;
        }

        return item.$ref.slice(2).split('/')
            .reduce((at, name) => at[name], this.doc);
    }
}
