// Server-Sent Events out of a stream of text.

// Returns what takes the next piece of text. on.event(type, data), once for
// each event with data; on.id(id) for each id; on.retry(ms).
export function reader(on) {
    let rest = '';
    let fields = { data: [] };
    let begun = false;

    function dispatch() {
        const { id, type, data } = fields;

        fields = { data: [] };
        if (id !== undefined) {
            on.id(id);
        }
        if (data.length) {
            on.event(type || 'message', data.join('\n'));
        }
    }

    function line(text) {
        const colon = text.indexOf(':');
        const name = colon < 0 ? text : text.slice(0, colon);
        const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');

        if (text === '') {
            dispatch();
        } else if (name === 'data') {
            fields.data.push(value);
        } else if (name === 'event') {
            fields.type = value;
        } else if (name === 'id' && !value.includes('\0')) {
            fields.id = value;
        } else if (name === 'retry' && /^\d+$/.test(value)) {
            on.retry(Number(value));
        }
    }

    return text => {
        let next = rest + text;

        if (!begun && next) {
            begun = true;
            next = next.replace(/^\ufeff/, '');
        }

        // a CR at the end may be half of a CR LF
        const whole = /\r$/.test(next) ? next.slice(0, -1) : next;
        const lines = whole.split(/\r\n|\n|\r/);

        rest = lines.pop() + next.slice(whole.length);
        lines.forEach(line);
    };
}
