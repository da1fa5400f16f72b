;; Cannot be asked anything.
(component)
