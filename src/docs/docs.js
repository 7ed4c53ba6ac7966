// Renders openapi.json, which lies beside the page. All text goes into the
// page as text, never as markup.

const METHODS = ['get', 'post', 'put', 'delete'];
const LISTEN = 30000;

let doc;

// An element with attributes and children: elements, or strings as text.
function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);

    for (const [key, value] of Object.entries(attributes)) {
        element.setAttribute(key, value);
    }

    element.append(...children.filter((child) => child !== null));

    return element;
}

// Text with `code` in it.
function prose(text = '') {
    return text.split('`').map((part, i) =>
        i % 2 ? el('code', {}, part) : part);
}

function resolve(item) {
    if (!item?.$ref) {
        return item;
    }

    return item.$ref.slice(2).split('/').reduce((at, name) => at[name], doc);
}

function json(value) {
    return el('pre', { tabindex: '0' }, JSON.stringify(value, null, 2));
}

// "number or null", "array of Bar", "call, put"
function typeOf(schema) {
    if (schema.$ref) {
        const name = schema.$ref.split('/').pop();

        return [el('a', { href: `#schema-${name}` }, name)];
    }

    if (schema.oneOf) {
        return schema.oneOf.flatMap((one, i) =>
            i ? [' or ', ...typeOf(one)] : typeOf(one));
    }

    if (schema.enum) {
        return [`one of ${schema.enum.map(String).join(', ')}`];
    }

    const name = [schema.type ?? 'anything'].flat().join(' or ');
    const format = schema.format ? ` (${schema.format})` : '';
    const inside = schema.items ?? schema.additionalProperties;

    return inside ? [`${name} of `, ...typeOf(inside)] : [name + format];
}

function limits(schema) {
    const said = { minimum: 'from', exclusiveMinimum: 'over', maximum: 'to',
                   minLength: 'length from', maxLength: 'length to',
                   default: 'default' };

    return Object.entries(said).filter(([key]) => schema[key] !== undefined)
        .map(([key, word]) => `; ${word} ${schema[key]}`).join('');
}

function field(name, schema, required, description) {
    return [el('dt', {}, el('code', {}, name)),
            el('dd', {}, ...typeOf(schema), limits(schema),
               required ? '' : ', may be left out',
               description ? el('div', { class: 'soft' },
                                ...prose(description)) : null)];
}

function members(schema) {
    const required = schema.required ?? [];

    return el('dl', {}, ...Object.entries(schema.properties ?? {})
        .flatMap(([name, one]) => {
            const nested = one.properties ? members(one) : null;
            const fields = field(name, one, required.includes(name),
                                 one.description);

            return nested ? [...fields, el('dd', {}, nested)] : fields;
        }));
}

function parameters(op) {
    if (!op.parameters) {
        return null;
    }

    return el('div', {}, el('h4', {}, 'Parameters'),
              el('dl', {}, ...op.parameters.map(resolve).flatMap((p) =>
                  field(`${p.name} (${p.in})`, p.schema, p.required,
                        p.description))));
}

function examples(media) {
    if (media.example !== undefined) {
        return [json(media.example)];
    }

    return Object.values(media.examples ?? {}).flatMap((one) =>
        [el('p', { class: 'soft' }, one.summary), json(one.value)]);
}

function content(map) {
    return Object.entries(map ?? {}).flatMap(([type, media]) => [
        el('p', {}, el('code', {}, type), ': ', ...typeOf(media.schema)),
        ...examples(media),
    ]);
}

function body(op) {
    return op.requestBody
        ? el('div', {}, el('h4', {}, 'Body'), ...content(op.requestBody.content))
        : null;
}

function responses(op) {
    const list = Object.entries(op.responses).map(([status, one]) => {
        const r = resolve(one);
        const headers = Object.keys(r.headers ?? {}).join(', ');

        return el('details', {},
            el('summary', {}, el('code', {}, status), ' ',
               ...prose(r.description)),
            headers ? el('p', { class: 'soft' }, `Headers: ${headers}`) : null,
            ...content(r.content));
    });

    return el('div', {}, el('h4', {}, 'Answers'), ...list);
}

// The address of a call, relative to this page, of what the form holds.
function address(path, form) {
    const query = new URLSearchParams();
    let target = path.slice(1);

    for (const input of form.querySelectorAll('input')) {
        if (input.dataset.in === 'path') {
            target = target.replace(`{${input.name}}`,
                                    encodeURIComponent(input.value));

        } else if (input.value !== '') {
            query.set(input.name, input.value);
        }
    }

    return query.size ? `${target}?${query}` : target;
}

// A stream has no end: what comes for a while is shown as it comes.
async function listen(target, answer, stop, output) {
    const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const place = el('pre', { tabindex: '0' });

    output.replaceChildren(
        el('p', {}, `GET ${target}: ${answer.status}, for ${LISTEN / 1000} s`),
        place);
    setTimeout(() => stop.abort(), LISTEN);

    for (;;) {
        const { done, value } = await pieces.read().catch(() => ({ done: true }));

        if (done) {
            place.append('\n(closed)');
            return;
        }

        place.append(value);
    }
}

async function show(target, output) {
    const stop = new AbortController();

    output.replaceChildren(el('p', {}, `GET ${target} ...`));

    try {
        const answer = await fetch(target, { cache: 'no-store',
                                             signal: stop.signal });

        if (answer.headers.get('Content-Type')
            ?.startsWith('text/event-stream'))
        {
            await listen(target, answer, stop, output);
            return;
        }

        const text = await answer.text();
        const shown = answer.headers.get('Content-Type')
            ?.startsWith('application/json')
            ? JSON.stringify(JSON.parse(text), null, 2) : text;

        output.replaceChildren(
            el('p', {}, `GET ${target}: ${answer.status}, `
                        + `${text.length} characters`),
            el('pre', { tabindex: '0' }, shown.slice(0, 200000)));

    } catch (error) {
        output.replaceChildren(el('p', {}, `GET ${target}: ${error.message}`));
    }
}

function attempt(path, op) {
    const output = el('div', { role: 'status' });
    const inputs = (op.parameters ?? []).map(resolve)
        .filter((p) => p.in !== 'header')
        .map((p) => {
            const input = el('input', { name: p.name, 'data-in': p.in,
                                        autocomplete: 'off',
                                        spellcheck: 'false' });

            input.required = p.required ?? false;
            input.value = p.required ? String(p.example ?? '') : '';

            return el('label', {}, `${p.name}${p.required ? '' : ' (may stay '
                      + 'empty)'}`, input);
        });
    const form = el('form', {}, el('h4', {}, 'Try it'), ...inputs,
                    el('button', {}, `GET ${path}`));

    form.addEventListener('submit', (event) => {
        event.preventDefault();
        show(address(path, form), output);
    });

    return el('div', {}, form, output);
}

function operation(path, method, op) {
    return el('details', { id: op.operationId },
        el('summary', {}, el('h3', {},
            el('span', { class: `method ${method}` }, method.toUpperCase()),
            el('code', {}, path.slice(1))), ` ${op.summary}`),
        el('p', {}, ...prose(op.description)),
        el('p', { class: 'soft' }, 'operationId ',
           el('code', {}, op.operationId)),
        parameters(op), body(op), responses(op),
        method === 'get' ? attempt(path, op) : null);
}

function operations() {
    return Object.entries(doc.paths).flatMap(([path, item]) =>
        METHODS.filter((method) => item[method])
            .map((method) => [path, method, item[method]]));
}

function tag({ name, description }) {
    return el('section', { 'aria-labelledby': `tag-${name}` },
        el('h2', { id: `tag-${name}` }, name),
        el('p', { class: 'soft' }, ...prose(description)),
        ...operations().filter(([, , op]) => op.tags.includes(name))
            .map((one) => operation(...one)));
}

function schemas() {
    return el('section', { 'aria-labelledby': 'schemas' },
        el('h2', { id: 'schemas' }, 'schemas'),
        ...Object.entries(doc.components.schemas).map(([name, schema]) =>
            el('details', { id: `schema-${name}` },
                el('summary', {}, el('h3', {}, el('code', {}, name))),
                el('p', { class: 'soft' }, ...prose(schema.description)),
                schema.properties ? members(schema)
                                  : el('p', {}, ...typeOf(schema)))));
}

// What an address names is opened.
function open() {
    const named = document.getElementById(location.hash.slice(1));

    if (named?.tagName === 'DETAILS') {
        named.open = true;
        named.scrollIntoView();
        named.querySelector('summary').focus();
    }
}

function render() {
    const { title, version, description } = doc.info;
    const links = [...doc.tags.map(({ name }) => [`tag-${name}`, name]),
                   ['schemas', 'schemas']];

    document.title = `${title}: API`;
    document.getElementById('title').textContent = `${title} ${version}`;
    document.getElementById('about').replaceWith(
        ...description.split('\n\n').map((p) => el('p', {}, ...prose(p))));
    document.getElementById('nav').append(el('ul', {},
        ...links.map(([id, name]) =>
            el('li', {}, el('a', { href: `#${id}` }, name))),
        el('li', {}, el('a', { href: 'openapi.json' }, 'openapi.json'))));
    document.getElementById('main').replaceChildren(...doc.tags.map(tag),
                                                    schemas());
    addEventListener('hashchange', open);
    open();
}

try {
    const answer = await fetch('openapi.json');

    if (!answer.ok) {
        throw new Error(`the server answers ${answer.status}`);
    }

    doc = await answer.json();
    render();

} catch (error) {
    document.getElementById('state').textContent =
        `The description cannot be shown: ${error.message}.`;
}
