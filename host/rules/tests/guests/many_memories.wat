;; Three memories where two are admitted.
(component (core module (memory 1)) (core module (memory 1)) (core module (memory 1)))
