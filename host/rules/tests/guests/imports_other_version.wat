;; Was built for a contract to come.
(component (import "timonel:rules/log@0.9.0" (instance)))
