;; What every guest that measures has besides, unless it brings its own: it counts one figure, called `n`. The memory from
;; 1024 on is this piece's, up to 2048.
;;
;; A sample has 40 bytes: 0 fact  4 figure  16 value  24 of  32 label. The result of `measure` at address 256: 256 error?
;; 260 samples. The texts of the figure are at 1200, its titles at 1136.

;; timonel:rules/measuring@0.1.0#figures
(func (export "timonel:rules/measuring@0.1.0#figures") (param i32 i32) (result i32) (i32.const 1024))
;; figure
(data (i32.const 1024) "\00\05\00\00\01\00\00\00") ;; figures: 1 at 1280
(data (i32.const 1136)
  "\b1\04\00\00\02\00\00\00\b0\04\00\00\01\00\00\00"  ;; es: n
  "\b3\04\00\00\02\00\00\00\b0\04\00\00\01\00\00\00"  ;; pt: n
  "\b5\04\00\00\02\00\00\00\b0\04\00\00\01\00\00\00") ;; en: n
(data (i32.const 1200) "nesptensum")
(data (i32.const 1280)
  "\b0\04\00\00\01\00\00\00"  ;; name: n
  "\70\04\00\00\03\00\00\00"  ;; titles
  "\b0\04\00\00\01\00\00\00"  ;; unit
  "\b0\04\00\00\01\00\00\00"  ;; formula
  "\b0\04\00\00\01\00\00\00"  ;; variant
  "\01\00\00\00"              ;; version
  "\00\00\00\00\00\00\00\00"  ;; audience
  "\b7\04\00\00\03\00\00\00"  ;; aggregate: sum
  "\00\00\00\00\00\00\00\00") ;; attrs
