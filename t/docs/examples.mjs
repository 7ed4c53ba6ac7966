// All examples of a document: [where, schema, value].

const METHODS = ['get', 'put', 'post', 'delete'];

function* ofMedia(name, content) {
    for (const media of Object.values(content ?? {})) {
        if (media.example !== undefined) {
            yield [name, media.schema, media.example];
        }

        for (const [key, one] of Object.entries(media.examples ?? {})) {
            yield [`${name} ${key}`, media.schema, one.value];
        }
    }
}

function* ofParameters(name, parameters) {
    for (const parameter of Object.values(parameters ?? {})) {
        if (parameter.example !== undefined) {
            yield [`${name} ${parameter.name}`, parameter.schema,
                   parameter.example];
        }
    }
}

export function* examples(doc) {
    for (const [path, item] of Object.entries(doc.paths)) {
        for (const method of METHODS.filter((m) => item[m])) {
            const op = item[method];

            yield* ofParameters(op.operationId, op.parameters);
            yield* ofMedia(`${method} ${path}`, op.requestBody?.content);

            for (const [status, r] of Object.entries(op.responses)) {
                yield* ofMedia(`${method} ${path} ${status}`, r.content);
            }
        }
    }

    yield* ofParameters('components', doc.components.parameters);

    for (const [name, r] of Object.entries(doc.components.responses)) {
        yield* ofMedia(name, r.content);
    }
}
