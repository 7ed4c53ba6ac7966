// Redis, a sample market and nginx of the page tests' own, under build/page.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Front } from './front.mjs';

const root = process.argv[2];
const run = path.join(root, 'build/page/run');
const socket = path.join(run, 'redis.sock');
const running = new Map();
let front;

export const shots = path.join(root, 'build/page/shots');

function start(name, command, ...rest) {
    const log = fs.openSync(path.join(run, `${name}.log`), 'w');
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', command, ...rest],
        { stdio: ['ignore', log, log], cwd: run });

    fs.closeSync(log);
    running.set(name, child);
    child.gone = new Promise(resolve => child.on('exit', resolve));
}

export async function stop(name) {
    const child = running.get(name);

    if (child) {
        running.delete(name);
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 5000);
        await child.gone;
        clearTimeout(late);
    }
}

export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

export async function until(what, ask) {
    for (let i = 0; i < 100; i++) {
        const answer = await Promise.resolve().then(ask).catch(() => null);

        if (answer) {
            return answer;
        }
        await pause(100);
    }
    throw new Error(`${what} did not come`);
}

function freePort() {
    return new Promise(resolve => {
        const server = net.createServer();

        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}

export async function startRedis() {
    fs.rmSync(socket, { force: true });
    start('redis', 'redis-server', '--port', '0', '--unixsocket', socket,
        '--dir', run, '--save', '', '--appendonly', 'no', '--set-proc-title', 'no');
    await until('Redis', () => fs.existsSync(socket));
}

// The market, where a price is another one now.
const CHANGED = 'SPY';

async function lastClose(market) {
    const answer = await fetch(`${market}/v2/aggs/ticker/${CHANGED}/prev`);

    return (await answer.json()).results[0].c;
}

export const reload = () => running.get('nginx').kill('SIGHUP');

function conf(port, market, close) {
    const api = `finance_api;
            add_header Finance-Market sample always;
            finance_user $http_x_owner;`;

    return `load_module "${root}/build/ngx_http_finance_module.so";
${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 2;
pid "${run}/nginx.pid";
error_log "${run}/error.log" notice;
events { worker_connections 512; }
http {
    access_log "${run}/access.log";
    client_body_temp_path "${run}/t1";
    proxy_temp_path "${run}/t2";
    fastcgi_temp_path "${run}/t3";
    uwsgi_temp_path "${run}/t4";
    scgi_temp_path "${run}/t5";
    gzip on;
    gzip_types text/css text/javascript application/json image/svg+xml;
    finance_market /_massive;
    finance_redis "unix:${socket}" timeout=500ms retry=100ms;
    upstream massive { server 127.0.0.1:${market}; keepalive 32; }
    server {
        listen 127.0.0.1:${port};
        location /a/b/ {
            ${api}
        }
        location /old {
            ${api}
            finance_cache stock=1s options=1s;
            # whose session it does not know: what is of a closed market
            # stays fresh until that opens
            finance_redis "unix:${socket}:1";
        }
        location /changed/ {
            ${api}
            finance_market /_changed;
        }
        location /front/ {
            proxy_pass_request_headers on;
            proxy_set_header Host $http_host;
            proxy_pass http://127.0.0.1:${port}/a/b/;
        }
        proxy_pass_request_headers off;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        location /_massive/ {
            internal;
            proxy_pass http://massive/;
        }
        location /_changed/ {
            internal;
            sub_filter_types application/json;
            sub_filter_once off;
            sub_filter '"c":${close}' '"c":${close - 1}';
            proxy_pass http://massive/;
        }
    }
}
`;
}

export async function startAll() {
    fs.rmSync(run, { recursive: true, force: true });
    fs.mkdirSync(run, { recursive: true });
    fs.rmSync(shots, { recursive: true, force: true });
    fs.mkdirSync(shots, { recursive: true });

    execFileSync(path.join(root, 'build/market-generate'),
        ['--out', path.join(run, 'market'), '--now'], { stdio: 'ignore' });
    start('market', path.join(root, 'build/market-server'), '--data',
        path.join(run, 'market'), '--listen', '127.0.0.1:0', '--sample');

    const market = await until('the market', () =>
        /127\.0\.0\.1:(\d+)/.exec(fs.readFileSync(path.join(run, 'market.log'), 'utf8'))[1]);

    await startRedis();

    const port = await freePort();
    const close = await lastClose(`http://127.0.0.1:${market}`);

    fs.writeFileSync(path.join(run, 'nginx.conf'), conf(port, market, close));
    start('nginx', 'nginx', '-p', `${run}/`, '-c', path.join(run, 'nginx.conf'),
        '-e', path.join(run, 'error.log'));
    await until('nginx', () => fetch(`http://127.0.0.1:${port}/a/b/`));

    const origin = `http://127.0.0.1:${port}`;

    front = await Front.start(origin);
    return { origin, market: `http://127.0.0.1:${market}`, front,
        changed: { ticker: CHANGED, close } };
}

export async function stopAll() {
    if (front) {
        front.stop();
    }
    await Promise.all([...running.keys()].map(stop));
}

export function alerts() {
    return fs.readFileSync(path.join(run, 'error.log'), 'utf8').split('\n')
        .filter(line => /\[(alert|crit|emerg)\]/.test(line) && !/redis\.sock/.test(line));
}
