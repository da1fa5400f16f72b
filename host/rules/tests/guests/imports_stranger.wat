;; Needs a host of another kind.
(component (import "acme:weather/now@1.0.0" (instance)))
