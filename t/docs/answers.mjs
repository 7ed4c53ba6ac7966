// Asks a service, and compares each answer with the document.

const LISTEN = 10000;

export class Answers {
    #results = [];
    #seen = new Set();

    constructor(doc, schemas, url) {
        this.schemas = schemas;
        this.url = url;
        this.operations = {};

        for (const [path, item] of Object.entries(doc.paths)) {
            for (const [method, op] of Object.entries(item)) {
                this.operations[op.operationId] = { path, method, op, item };
            }
        }
    }

    // The call ID to be answered with a status: what is asked is in how, the
    // path's {} in how.arg. Returns the response with its text and json.
    async expect(id, status, how = {}) {
        const { path, method, op } = this.operations[id];
        const sent = how.method ?? method.toUpperCase();
        const target = path.replace(/\{\w+\}/, how.arg ?? '')
                       + (how.query ? `?${how.query}` : '');
        const name = `${sent} ${how.at ?? '/finance'}${target}: ${status}`;
        const answer = await this.#fetch(sent, target, how);
        const problems = answer.status === status
            ? this.#compare(op, answer, sent)
            : [`${answer.status} ${answer.body.slice(0, 200)}`];

        this.#results.push([name, problems]);
        this.#seen.add(`${id} ${status}`);

        return answer;
    }

    async #fetch(method, target, { at = '/finance', owner = 'docs', body,
                                   type = 'application/json', headers = {},
                                   until })
    {
        const all = { ...headers };

        if (owner) {
            all['X-Owner'] = owner;
        }

        if (body !== undefined) {
            all['Content-Type'] = type;
        }

        const response = await fetch(this.url + at + target, {
            method,
            headers: all,
            body: typeof body === 'object' ? JSON.stringify(body) : body,
        });

        return { status: response.status, headers: response.headers,
                 body: until ? await this.#listen(response, until)
                             : await response.text() };
    }

    // What comes of an answer that has no end, until that is in it, or for a
    // while.
    async #listen(response, until) {
        const pieces = response.body.pipeThrough(new TextDecoderStream())
            .getReader();
        const late = setTimeout(() => pieces.cancel(), LISTEN);
        let body = '';

        while (!until.test(body)) {
            const { done, value } = await pieces.read();

            if (done) {
                break;
            }

            body += value;
        }

        clearTimeout(late);
        await pieces.cancel();

        return body;
    }

    #compare(op, answer, method) {
        const said = this.schemas.resolve(op.responses[answer.status]
                                          ?? op.responses.default);
        const problems = [];

        for (const name of Object.keys(said.headers ?? {})) {
            const needed = name !== 'Allow' || answer.status === 405;

            if (needed && !answer.headers.has(name)) {
                problems.push(`no ${name}`);
            }
        }

        if (!said.content || method === 'HEAD') {
            return answer.body === '' ? problems
                : [...problems, `a body: ${answer.body.slice(0, 100)}`];
        }

        const type = answer.headers.get('Content-Type')?.split(';')[0];
        const media = said.content[type];

        if (!media) {
            return [...problems, `the Content-Type ${type}`];
        }

        const value = type === 'application/json' ? JSON.parse(answer.body)
                                                  : answer.body;

        return [...problems, ...this.schemas.problems(media.schema, value)];
    }

    note(name, problems) {
        this.#results.push([name, problems]);
    }

    results() {
        return this.#results;
    }

    // What the document says and nobody has seen. A 500 would be a fault of
    // the module; a 429 is nginx's, and the same everywhere: one is enough.
    missing() {
        const missing = [];

        for (const [id, { op }] of Object.entries(this.operations)) {
            for (const status of Object.keys(op.responses)) {
                if (!['500', '429', 'default'].includes(status)
                    && !this.#seen.has(`${id} ${status}`))
                {
                    missing.push(`${id} ${status}`);
                }
            }
        }

        if (![...this.#seen].some((seen) => seen.endsWith(' 429'))) {
            missing.push('429');
        }

        return missing;
    }
}
