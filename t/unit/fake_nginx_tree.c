/* Timers in nginx's place: a search tree that nobody balances. */


#include "fake_nginx.h"



static void
fake_tree_place(ngx_rbtree_node_t **p, ngx_rbtree_node_t *parent,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel)
{
    *p = node;
    node->parent = parent;
    node->left = sentinel;
    node->right = sentinel;
}


void
ngx_rbtree_insert_timer_value(ngx_rbtree_node_t *at, ngx_rbtree_node_t *node,
    ngx_rbtree_node_t *sentinel)
{
    ngx_rbtree_node_t  **p;

    for ( ;; ) {
        p = (ngx_rbtree_key_int_t) (node->key - at->key) < 0 ? &at->left
                                                             : &at->right;
        if (*p == sentinel) {
            break;
        }

        at = *p;
    }

    fake_tree_place(p, at, node, sentinel);
}


void
ngx_rbtree_insert(ngx_rbtree_t *tree, ngx_rbtree_node_t *node)
{
    if (tree->root == tree->sentinel) {
        fake_tree_place(&tree->root, NULL, node, tree->sentinel);
        return;
    }

    tree->insert(tree->root, node, tree->sentinel);
}


static void
fake_tree_replace(ngx_rbtree_t *tree, ngx_rbtree_node_t *old,
    ngx_rbtree_node_t *node)
{
    if (old->parent == NULL) {
        tree->root = node;

    } else if (old == old->parent->left) {
        old->parent->left = node;

    } else {
        old->parent->right = node;
    }

    if (node != tree->sentinel) {
        node->parent = old->parent;
    }
}


void
ngx_rbtree_delete(ngx_rbtree_t *tree, ngx_rbtree_node_t *node)
{
    ngx_rbtree_node_t  *next;

    if (node->left == tree->sentinel) {
        fake_tree_replace(tree, node, node->right);
        return;
    }

    if (node->right == tree->sentinel) {
        fake_tree_replace(tree, node, node->left);
        return;
    }

    next = ngx_rbtree_min(node->right, tree->sentinel);

    if (next->parent != node) {
        fake_tree_replace(tree, next, next->right);
        next->right = node->right;
        next->right->parent = next;
    }

    fake_tree_replace(tree, node, next);
    next->left = node->left;
    next->left->parent = next;
}
