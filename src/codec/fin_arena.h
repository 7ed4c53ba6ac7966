/*
 * Memory for one JSON text's tree: taken in big blocks, given back at once.
 * cJSON makes a small allocation a value, 9 000 for a page of a chain, and
 * frees them one by one; done by malloc on several threads that was half of a
 * refresh.  cJSON's hooks are the process's, so they fall back to malloc
 * wherever no arena is open on the thread: other users of cJSON notice
 * nothing.
 */

#ifndef FIN_ARENA_H
#define FIN_ARENA_H

#include <stddef.h>


/*
 * Puts the hooks in; once a process, before threads parse.  Without it
 * everything works on malloc.
 */
void fin_arena_install(void);

/*
 * From now on cJSON allocates from an arena on this thread.  1, or 0: hooks
 * not in, an arena open already, or no memory; then malloc it is.
 */
int fin_arena_open(void);

/* Ends it, and with it every tree made since; nothing when none is open. */
void fin_arena_close(void);

/* 1 while one is open on this thread: trees need no cJSON_Delete(). */
int fin_arena_is_open(void);


#endif
