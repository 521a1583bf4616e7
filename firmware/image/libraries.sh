#!/bin/sh
# Build, for armhf, the libraries of the static programs that Debian's archives do not give small: HarfBuzz (Debian has
# no static one), qrencode and md4c (none either), FreeType (Debian's carries PNG, Brotli and ten font drivers), SQLite
# (extensions, threads, shared cache), uchardet (the C++ library), WebP (half of it writes) and MuPDF (41 MB of fonts). Sources are those of the
# same Debian release; none needs its own build system but SQLite, whose one big file is first made out of many. The
# same library versions draw the same pixels.
#
# usage: libraries.sh SYSROOT SOURCES OUT   all absolute; HarfBuzz goes into SYSROOT, as the unit tests need it as
#        well, those of kite-press alone into OUT/press, the others into OUT
set -eu
sysroot=$1 sources=$2 out=$3
cross=arm-linux-gnueabihf
lib=$sysroot/usr/lib/$cross
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# No path of this machine gets into the program.
flags="-Os -ffunction-sections -fdata-sections --sysroot=$sysroot -ffile-prefix-map=$sources/="
compile="$cross-gcc $flags"
mkdir -p "$out/press"

archive() { # FILE OBJECT...
    rm -f "$1"
    $cross-ar rcsD "$@"
}

# HarfBuzz without exceptions and thread-safe statics needs no libstdc++; one thread uses it. What is left out are
# tables that the fonts do not have: Apple's layout, mathematics, variations. Its part for FreeType is MuPDF's wish.
without=
for part in MT AAT MATH VAR COLOR DRAW BUFFER_SERIALIZE BUFFER_VERIFY META STYLE LAYOUT_COLLECT_GLYPHS \
    LAYOUT_FEATURE_PARAMS LAYOUT_UNUSED BITMAP OPEN SETLOCALE GETENV ERRNO; do
    without="$without -DHB_NO_$part"
done
harfbuzz() { # FILE OPTION...
    file=$1
    shift
    $cross-g++ $flags -w -std=c++11 -fno-exceptions -fno-rtti -fno-threadsafe-statics "$@" \
        -DHAVE_FREETYPE=1 "-I$sources/freetype/include" -c "$sources/harfbuzz/src/harfbuzz.cc" -o "$work/harfbuzz.o"
    archive "$file" "$work/harfbuzz.o"
}
harfbuzz "$lib/libharfbuzz.a" $without
mkdir -p "$sysroot/usr/include/harfbuzz"
cp "$sources"/harfbuzz/src/hb*.h "$sysroot/usr/include/harfbuzz"
version=$(sed -n 's/^#define HB_VERSION_STRING "\(.*\)"/\1/p' "$sources/harfbuzz/src/hb-version.h")
printf '%s\n' 'Name: harfbuzz' 'Description: shaping' "Version: $version" "Libs: -L/usr/lib/$cross -lharfbuzz" \
    'Cflags: -I/usr/include/harfbuzz' > "$lib/pkgconfig/harfbuzz.pc"

objects=
for name in qrencode qrinput bitstream qrspec rsecc split mask mqrspec mmask; do
    $compile -DSTATIC_IN_RELEASE=static -DMAJOR_VERSION=4 -DMINOR_VERSION=0 -DMICRO_VERSION=0 -DVERSION='"4"' \
        -c "$sources/qrencode/$name.c" -o "$work/$name.o"
    objects="$objects $work/$name.o"
done
archive "$out/libqrencode.a" $objects

# FreeType: outlines of TrueType and CFF, light hinting, and nothing that unpacks.
freetype() { # FILE OPTIONS-LEFT-OUT SOURCES MODULES...
    file=$1 without=$2 names=$3
    shift 3
    rm -rf "$work/kite" "$work"/ft-*
    mkdir "$work/kite"
    sed -E "s,^#define (FT_CONFIG_OPTION_(USE_ZLIB|USE_LZW|SVG|ENVIRONMENT_PROPERTIES|MAC_FONTS$without)|TT_CONFIG_OPTION_BDF)\$,/* & */," \
        "$sources/freetype/include/freetype/config/ftoption.h" > "$work/kite/option.h"
    for module; do
        case $module in
        *_driver) echo "FT_USE_MODULE(FT_Driver_ClassRec, ${module}_class)" ;;
        *_renderer) echo "FT_USE_MODULE(FT_Renderer_Class, ${module}_class)" ;;
        *) echo "FT_USE_MODULE(FT_Module_Class, ${module}_class)" ;;
        esac
    done > "$work/kite/module.h"
    objects=
    for name in truetype/truetype cff/cff psaux/psaux psnames/psnames pshinter/pshinter sfnt/sfnt \
        smooth/smooth base/ftbase base/ftstroke base/ftinit base/ftsystem base/ftdebug base/ftbitmap base/ftmm base/ftglyph $names; do
        object=$work/ft-$(basename "$name").o
        $compile -DFT2_BUILD_LIBRARY '-DFT_CONFIG_OPTIONS_H=<kite/option.h>' '-DFT_CONFIG_MODULES_H=<kite/module.h>' \
            "-I$work" "-I$sources/freetype/include" -c "$sources/freetype/src/$name.c" -o "$object"
        objects="$objects $object"
    done
    archive "$file" $objects
}
outlines="tt_driver cff_driver psaux_module psnames_module pshinter_module sfnt_module ft_smooth_renderer"
freetype "$out/libfreetype.a" "|ADOBE_GLYPH_LIST" autofit/autofit autofit_module $outlines
# The fonts inside PDF files are of older kinds, too, and are drawn as they are.
freetype "$out/press/libfreetype.a" "" "type1/type1 cid/type1cid base/ftcid base/fttype1 base/ftfstype" \
    $outlines t1_driver t1cid_driver

# SQLite: what no statement of the library uses is left out of its grammar too, so the one file is made with the same
# options as it is compiled with. Virtual tables stay, as tables cannot be altered without them.
options="-DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_JSON"
for part in WINDOWFUNC EXPLAIN WAL AUTHORIZATION TRACE ANALYZE COMPLETE GET_TABLE REINDEX \
    DATETIME_FUNCS LOCALTIME DECLTYPE PROGRESS_CALLBACK TCL_VARIABLE VIEW TRIGGER CTE; do
    options="$options -DSQLITE_OMIT_$part"
done
mkdir "$work/sqlite"
(cd "$work/sqlite" && "$sources/sqlite3/configure" --disable-tcl && make sqlite3.c OPTS="$options") > "$out/sqlite.log" 2>&1
$compile -w $options -DSQLITE_THREADSAFE=0 -DSQLITE_DQS=0 -c "$work/sqlite/sqlite3.c" -o "$work/sqlite3.o"
archive "$out/libsqlite3.a" "$work/sqlite3.o"

# ---- kite-press ---------------------------------------------------------------------------------------------------------

$compile -c "$sources/md4c/src/md4c.c" -o "$work/md4c.o"
archive "$out/press/libmd4c.a" "$work/md4c.o"

# uchardet asks for little of C++: new, delete, and an end to calls that cannot be.
cat > "$work/new.cc" <<'NEW'
#include <cstdlib>
#include <new>
static void *take(std::size_t bytes)
{
    void *block = std::malloc(bytes ? bytes : 1);
    if (!block)
        std::abort();
    return block;
}
void *operator new(std::size_t bytes) { return take(bytes); }
void *operator new[](std::size_t bytes) { return take(bytes); }
void operator delete(void *block) noexcept { std::free(block); }
void operator delete[](void *block) noexcept { std::free(block); }
void operator delete(void *block, std::size_t) noexcept { std::free(block); }
void operator delete[](void *block, std::size_t) noexcept { std::free(block); }
extern "C" void __cxa_pure_virtual() { std::abort(); }
NEW
objects=
for name in "$sources"/uchardet/src/*.cpp "$sources"/uchardet/src/LangModels/*.cpp "$work/new.cc"; do
    object=$work/uchardet-$(basename "$name").o
    $cross-g++ $flags -w -fno-exceptions -fno-rtti -fno-threadsafe-statics "-I$sources/uchardet/src" -DVERSION='"0"' -c "$name" -o "$object"
    objects="$objects $object"
done
archive "$out/press/libuchardet.a" $objects

# What reads WebP, without threads and what only other processors run.
objects=
for name in dec/alpha_dec dec/buffer_dec dec/frame_dec dec/idec_dec dec/io_dec dec/quant_dec dec/tree_dec dec/vp8_dec dec/vp8l_dec \
    dec/webp_dec dsp/alpha_processing dsp/cpu dsp/dec dsp/dec_clip_tables dsp/filters dsp/lossless dsp/rescaler dsp/upsampling dsp/yuv \
    utils/bit_reader_utils utils/color_cache_utils utils/filters_utils utils/huffman_utils utils/quant_levels_dec_utils \
    utils/random_utils utils/rescaler_utils utils/thread_utils utils/utils; do
    object=$work/webp-$(basename "$name").o
    $compile -w "-I$sources/libwebp" -c "$sources/libwebp/src/$name.c" -o "$object"
    objects="$objects $object"
done
archive "$out/press/libwebp.a" $objects

# MuPDF sets the text of Mobipocket files to read it, and nobody sees that.
harfbuzz "$out/press/libharfbuzz.a" -DHB_TINY $without

# MuPDF: every format, no scripts, no colour profiles, no writers, and of its fonts those that every PDF may count on. Debian's
# archive has them as objects, cut down to what is needed.
without=
for part in JS ICC OCR_OUTPUT ODT_OUTPUT DOCX_OUTPUT; do
    without="$without -DFZ_ENABLE_$part=0"
done
mkdir "$work/mupdf"
(cd "$sources/mupdf" && ls source/fitz/*.c source/pdf/*.c source/xps/*.c source/svg/*.c source/cbz/*.c source/html/*.c source/reflow/*.c) |
    grep -v -e /output-docx.c -e /memento.c -e /pdf-cmap-load.c > "$work/mupdf/names"
# Which letters the signs of Chinese, Japanese and Korean fonts stand for, where a file does not say it itself, is made from the tables
# that lead the other way.
mkdir "$work/cmaps"
{
    printf '#include "%s"\n' "$PWD/firmware/image/cid_unicode.h"
    sed '/^pdf_load_system_cmap(/,/^}/s/^\tcmap = pdf_load_builtin_cmap(ctx, cmap_name);/\tif ((cmap = kite_cid_unicode(ctx, cmap_name)) != NULL)\n\t\treturn cmap;\n&/' \
        "$sources/mupdf/source/pdf/pdf-cmap-load.c"
} > "$work/pdf-cmap-load.c"
grep -q kite_cid_unicode "$work/pdf-cmap-load.c"
cp "$sources/mupdf/source/pdf/cmaps"/*.h "$work/cmaps"
for name in Adobe-CNS1 Adobe-GB1 Adobe-Japan1 Adobe-Korea1; do
    printf 'static pdf_cmap cmap_%s_UCS2 = { { -1, pdf_drop_cmap_imp }, "%s-UCS2" };\n' "$(echo "$name" | tr - _)" "$name" \
        > "$work/cmaps/$name-UCS2.h"
done
echo "$work/pdf-cmap-load.c" >> "$work/mupdf/names"
xargs -P 2 -I{} sh -c 'cd "$1" && exec $2 -c "$4" -o "$3/$(echo "${4#"${3%/*}/"}" | tr / -).o"' compile "$sources/mupdf" "$compile -w $without \
    -DSHARE_JPEG -DHAVE_OBJCOPY -DTOFU -DTOFU_CJK -Iinclude -I$sources/freetype/include -I$sysroot/usr/include/harfbuzz \
    -I$(echo "$sysroot"/usr/include/openjpeg-*.[1-9]* | tr ' ' '\n' | tail -n 1)" "$work/mupdf" {} < "$work/mupdf/names"
(cd "$work/mupdf" && $cross-ar t "$sysroot/usr/lib/libmupdf.a" |
    grep -E '^(Nimbus(Mono|Roman|Sans-).*|Dingbats|StandardSymbols.*)\.cff\.o$' | xargs $cross-ar x "$sysroot/usr/lib/libmupdf.a")
archive "$out/press/libmupdf.a" "$work"/mupdf/*.o
