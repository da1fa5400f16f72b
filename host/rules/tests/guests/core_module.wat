;; No component: it cannot say what it needs.
(module)
