// A server in front of another that passes all on but GET stream, which it
// answers itself, so that a test says what comes, when, and what goes wrong.

import http from 'node:http';

export class Front {
    static async start(origin) {
        const front = new Front();

        front.to = new URL(origin);
        front.streams = new Map();      // answer: owner
        front.asked = [];               // {owner, last}, of each GET stream
        front.status = 200;
        front.dumb = false;             // says not even that it is there
        front.id = 0;
        front.server = http.createServer((request, answer) => {
            if (new URL(request.url, origin).pathname.endsWith('/stream')) {
                front.#stream(request, answer);
            } else {
                front.#pass(request, answer);
            }
        });
        await new Promise(resolve => front.server.listen(0, '127.0.0.1', resolve));
        front.origin = `http://127.0.0.1:${front.server.address().port}`;
        return front;
    }

    #stream(request, answer) {
        const owner = request.headers['x-owner'];

        this.asked.push({ owner, last: request.headers['last-event-id'] });
        if (this.status !== 200) {
            answer.writeHead(this.status, { 'Content-Type': 'application/json' });
            answer.end('{"detail":"No"}');
            return;
        }
        answer.writeHead(200, { 'Content-Type': 'text/event-stream',
            'Cache-Control': 'no-store' });
        answer.flushHeaders();
        this.streams.set(answer, owner);
        answer.on('close', () => this.streams.delete(answer));
        if (!this.dumb) {
            answer.write(`retry: 200\nid: ${this.id}\n\n`);
        }
    }

    #pass(request, answer) {
        const on = http.request({ host: this.to.hostname, port: this.to.port,
            path: request.url, method: request.method,
            headers: request.headers }, back => {
            answer.writeHead(back.statusCode, back.rawHeaders);
            back.pipe(answer);
        });

        on.on('error', () => answer.destroy());
        request.pipe(on);
    }

    of(owner) {
        return [...this.streams].filter(([, one]) => one === owner)
            .map(([answer]) => answer);
    }

    // An event for an owner; in two pieces, as the network may have it.
    async send(owner, type, data) {
        this.id += 1;

        const text = `id: ${this.id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
        const half = text.length >> 1;

        for (const answer of this.of(owner)) {
            answer.write(text.slice(0, half));
            await new Promise(resolve => setTimeout(resolve, 20));
            answer.write(text.slice(half));
        }
    }

    beat() {
        if (!this.dumb) {
            [...this.streams.keys()].forEach(answer => answer.write(':\n\n'));
        }
    }

    drop(owner) {
        this.of(owner).forEach(answer => answer.destroy());
    }

    stop() {
        this.server.closeAllConnections();
        this.server.close();
    }
}
