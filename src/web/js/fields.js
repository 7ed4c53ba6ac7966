// The fields of a position: what they are called and how they are asked for.

import { h } from './dom.js';

export const FIELDS = [
    { name: 'ticker', label: 'Ticker', of: 'both', spell: true },
    { name: 'position_type', label: 'What', of: 'both',
        choices: [['option', 'Option'], ['stock', 'Stock']] },
    { name: 'side', label: 'Side', of: 'both', own: true,
        choices: [['long', 'Bought (long)'], ['short', 'Sold (short)']] },
    { name: 'quantity', label: 'Quantity', of: 'both', mode: 'numeric',
        hint: { option: 'Contracts', stock: 'Shares' } },
    { name: 'transaction_date', label: 'Trade date', of: 'both', type: 'date' },
    { name: 'purchase_price', label: 'Price', of: 'stock', mode: 'decimal',
        hint: { stock: 'A share' } },
    { name: 'option_type', label: 'Call or put', of: 'option',
        choices: [['put', 'Put'], ['call', 'Call']] },
    { name: 'strike', label: 'Strike', of: 'option', mode: 'decimal' },
    { name: 'expiration', label: 'Expiration', of: 'option', type: 'date' },
    { name: 'premium', label: 'Premium', of: 'option', mode: 'decimal',
        hint: { option: 'A share, paid or received' } },
];

export const applies = (field, type) => field.of === 'both' || field.of === type;

export function fieldNode(field) {
    const id = `f-${field.name}`;
    const common = { id, name: field.name,
        'aria-describedby': `${id}-hint ${id}-error` };
    const input = field.choices
        ? h('select', common, field.choices.map(([value, text]) =>
            h('option', { value }, text)))
        : h('input', { ...common, type: field.type || 'text', inputmode: field.mode,
            autocapitalize: field.spell ? 'characters' : null,
            spellcheck: 'false' });

    return h('div', { class: 'field', 'data-field': field.name },
        h('label', { for: id }, field.label),
        input,
        h('p', { class: 'hint', id: `${id}-hint` }),
        h('p', { class: 'error', id: `${id}-error` }));
}

// What the server reads; what is not a number goes as it was typed, for the
// server says what is wrong with it.
export function readForm(form) {
    const type = form.elements.position_type.value;
    const body = {};

    for (const field of FIELDS) {
        const value = form.elements[field.name].value.trim();

        if (field.own || value === '' || !applies(field, type)) {
            continue;
        }
        body[field.name] = field.mode && Number.isFinite(Number(value))
            ? Number(value) : value;
    }

    if (form.elements.side.value === 'short' && typeof body.quantity === 'number') {
        body.quantity = -Math.abs(body.quantity);
    }
    return body;
}

export function fillForm(form, position) {
    for (const field of FIELDS) {
        const value = position[field.name];

        if (!field.own) {
            form.elements[field.name].value = value === null || value === undefined
                ? '' : value;
        }
    }
    form.elements.quantity.value = position.quantity === undefined
        ? '' : Math.abs(position.quantity);
    form.elements.side.value = position.quantity < 0 ? 'short' : 'long';
    form.elements.position_type.value = position.position_type || 'option';
    form.elements.option_type.value = position.option_type || 'put';
}
