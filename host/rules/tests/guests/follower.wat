;; What every guest that follows has besides, unless it brings its own: it wants to be asked never.

;; timonel:rules/following@0.1.0#moments
(func (export "timonel:rules/following@0.1.0#moments") (param i32 i32) (result i32) (i32.const 128))
;; timonel:rules/following@0.1.0#follow
(func (export "timonel:rules/following@0.1.0#follow") (param i32) (result i32) (i32.const 128))
