// Dialogs: a position, and "are you sure".

import { createPosition, getPosition, newKey, replacePosition } from './api.js';
import { $, h, newId, say } from './dom.js';
import { FIELDS, applies, fieldNode, fillForm, readForm } from './fields.js';
import { contract } from './format.js';
import { refresh } from './state.js';

export function addPosition(ticker) {
    const today = new Date();
    const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
        .map(part => String(part).padStart(2, '0')).join('-');

    openForm({ ticker: ticker || '', transaction_date: date }, null);
}

export function editPosition(position) {
    openForm(position, position);
}

function openForm(values, present) {
    const title = newId('dialog');
    const form = h('form', { novalidate: true, autocomplete: 'off' },
        h('h2', { id: title }, present ? `Change ${present.ticker}` : 'Add a position'),
        h('div', { class: 'error form-error', role: 'alert' }),
        h('div', { class: 'fields' }, FIELDS.map(fieldNode)),
        h('div', { class: 'row end' },
            h('button', { type: 'button', class: 'cancel' }, 'Cancel'),
            h('button', { type: 'submit', class: 'primary' }, present ? 'Save' : 'Add')));
    const dialog = openDialog(form, title);
    const job = { form, dialog, present, key: null, sent: null };

    form.elements.position_type.addEventListener('change', () => showFields(form));
    form.querySelector('.cancel').addEventListener('click', () => dialog.close());
    form.addEventListener('submit', event => {
        event.preventDefault();
        save(job);
    });
    fillForm(form, values);
    showFields(form);
    form.elements[values.ticker ? 'position_type' : 'ticker'].focus();
}

// A dialog gives the focus back where it was, unless that is gone.
function openDialog(content, title) {
    const from = document.activeElement;
    const key = from && from.dataset.key;
    const dialog = h('dialog', { 'aria-labelledby': title }, content);

    document.body.append(dialog);
    dialog.addEventListener('close', () => {
        dialog.remove();
        if (from && from.isConnected) {
            from.focus();
        } else {
            const same = key && [...document.querySelectorAll('[data-key]')]
                .find(one => one.dataset.key === key);

            (same || $('main')).focus();
        }
    });
    dialog.showModal();
    return dialog;
}

function showFields(form) {
    const type = form.elements.position_type.value;

    for (const field of FIELDS) {
        const node = form.querySelector(`[data-field="${field.name}"]`);

        node.hidden = !applies(field, type);
        node.querySelector('.hint').textContent =
            (field.hint && field.hint[type]) || '';
    }
}

async function save(job) {
    const { form, present } = job;
    const button = form.querySelector('.primary');
    const body = readForm(form);
    const text = JSON.stringify(body);

    showErrors(form, {});
    if (text !== job.sent) {
        // another body is another request
        job.sent = text;
        job.key = newKey();
    }

    button.disabled = true;
    try {
        const { data } = present
            ? await replacePosition(present.id, present.version, body)
            : await createPosition(body, job.key);

        job.dialog.close();
        say(`${present ? 'Saved' : 'Added'}: ${data.ticker}, ${contract(data)}`);
        refresh();
    } catch (failure) {
        explain(job, failure);
    } finally {
        button.disabled = false;
    }
}

function explain(job, failure) {
    const { form } = job;

    switch (failure.status) {
    case 422:
        showErrors(form, failure.byField());
        break;
    case 400:
        showErrors(form, { ticker: failure.message });
        break;
    case 412:
        showErrors(form, { '': 'Somebody has changed this position in the meantime. '
            + 'Nothing was saved.' });
        form.querySelector('.form-error').append(' ', h('button', { type: 'button',
            onclick: () => reload(job) }, 'Show it as it is now'));
        break;
    case 404:
        showErrors(form, { '': 'This position is no longer there: it was deleted.' });
        break;
    case 409:
        showErrors(form, { '': 'The first try is still under way. Wait a moment, then '
            + 'add again: it is made once only.' });
        break;
    case 401:
        showErrors(form, { '': 'You are not signed in: nothing was saved.' });
        break;
    case 0:
        showErrors(form, { '': 'No answer came. Try again: it is made once only.' });
        break;
    default:
        showErrors(form, { '': `Not saved: ${failure.message}` });
    }
}

async function reload(job) {
    try {
        const { data } = await getPosition(job.present.id);

        job.present = data;
        fillForm(job.form, data);
        showFields(job.form);
        showErrors(job.form, {});
        job.form.elements.quantity.focus();
    } catch (failure) {
        explain(job, failure);
    }
}

// At the fields, the first of which gets the focus; what is of no field that
// shows goes above them.
function showErrors(form, errors) {
    const general = [];
    let first = null;

    for (const field of FIELDS) {
        const node = form.querySelector(`[data-field="${field.name}"]`);
        const input = form.elements[field.name];
        const text = (!node.hidden && errors[field.name]) || '';

        node.querySelector('.error').textContent = text;
        if (text) {
            input.setAttribute('aria-invalid', 'true');
            first = first || input;
        } else {
            input.removeAttribute('aria-invalid');
        }
    }

    for (const [name, text] of Object.entries(errors)) {
        const node = name && form.querySelector(`[data-field="${CSS.escape(name)}"]`);

        if (!node || node.hidden) {
            general.push(name ? `${name}: ${text}` : text);
        }
    }

    form.querySelector('.form-error').textContent = general.join('; ');
    if (first) {
        first.focus();
    }
}

export function confirm(question, yes) {
    return new Promise(resolve => {
        const id = newId('dialog');
        let answer = false;
        const dialog = openDialog(h('div', { class: 'confirm' },
            h('p', { id }, question),
            h('div', { class: 'row end' },
                h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
                h('button', { type: 'button', class: 'primary', onclick: () => {
                    answer = true;
                    dialog.close();
                } }, yes))), id);

        dialog.addEventListener('close', () => resolve(answer));
    });
}
