// The linter's complaints of a document.

import { createConfig, lintFromString } from '@redocly/openapi-core';

export async function linted(text) {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const found = await lintFromString({
        source: text,
        absoluteRef: 'openapi.json',
        config,
    });

    return found.map((p) =>
        `${p.location[0]?.pointer ?? ''}: ${p.message} (${p.ruleId})`);
}
