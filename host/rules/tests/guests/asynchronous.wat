;; Would answer later.
(component (type (func async)))
