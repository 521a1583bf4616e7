/* Character sets: letters in many languages are read as they were written, what a file says of itself counts, and what cannot be read is
 * refused in words. */
#include "press/charset.h"
#include "press/pack.h"

#include <iconv.h>

static const struct letter {
    const char *labels; /* character sets it may be written in */
    const char *text;
} letters[] = {
    { "windows-1252 macintosh", "Dear mother — I write to you from the prison, where we’ve been for three months. “Nothing,” they said, “will change.” The café is closed." },
    { "windows-1252 macintosh ibm850", "Querida mamá: te escribo desde la cárcel, donde ya llevamos tres meses. El señor García dice que mañana vendrá el abogado. ¿Cómo están los niños?" },
    { "windows-1252 macintosh ibm850", "Chère maman, je vous écris depuis la prison où nous sommes déjà depuis trois mois. Notre été a été très chaud, et notre hôpital est loin. Ça va à peu près." },
    { "windows-1252 macintosh ibm850", "Liebe Mutter, ich schreibe dir aus dem Gefängnis, wo wir schon drei Monate sind. Für Bücher wäre ich dankbar. Grüße an Jürgen; schöne Tage." },
    { "windows-1252 macintosh", "Querida mãe, escrevo da prisão, onde já estamos há três meses. Não há notícias do advogado, mas amanhã começa a audiência." },
    { "windows-1251 koi8-r iso-8859-5 ibm866 x-mac-cyrillic", "Дорогая мама! Пишу тебе из лагеря, где мы живём уже третий месяц. Погода стоит холодная, но мы не жалуемся, потому что работы много." },
    { "windows-1251 koi8-u", "Дорога мамо! Пишу тобі з табору, де ми живемо вже третій місяць. Погода холодна, але ми не скаржимося, бо роботи багато і час іде швидко." },
    { "windows-1250 iso-8859-2", "Droga mamo, piszę do ciebie z więzienia, gdzie jesteśmy już trzeci miesiąc. Pogoda jest zła, ale nie narzekamy, bo pracy jest dużo i czas płynie szybko." },
    { "windows-1250", "Drahá maminko, píšu ti z vězení, kde jsme už třetí měsíc. Počasí je studené, ale nestěžujeme si, protože práce je hodně a čas rychle běží." },
    { "windows-1253 iso-8859-7", "Αγαπητή μητέρα, σου γράφω από τη φυλακή, όπου βρισκόμαστε ήδη τρεις μήνες. Ο καιρός είναι κρύος, αλλά δεν παραπονιόμαστε γιατί η δουλειά είναι πολλή." },
    { "windows-1254", "Sevgili anneciğim, sana üç aydır bulunduğumuz hapishaneden yazıyorum. Hava soğuk ama şikâyet etmiyoruz, çünkü iş çok ve zaman hızlı geçiyor." },
    { "windows-1255", "אמא יקרה, אני כותב לך מהכלא, שם אנחנו כבר שלושה חודשים. מזג האוויר קר, אבל אנחנו לא מתלוננים כי יש הרבה עבודה והזמן עובר מהר." },
    { "windows-1256 iso-8859-6", "أمي العزيزة، أكتب إليك من السجن حيث نحن هنا منذ ثلاثة أشهر. الطقس بارد ولكننا لا نشتكي لأن العمل كثير والوقت يمر بسرعة." },
};

/* Of East Asia, encoded by the C library. Names of sets as it has them; those that say nothing of themselves are told by their bytes. */
static const struct {
    const char *name, *label, *text;
} eastern[] = {
    { "GB18030", "gb18030", "亲爱的妈妈：我在监狱里给你写信，我们在这里已经三个月了。天气很冷，可是我们不抱怨，因为工作很多，时间过得很快。请代我问候大家。" },
    { "GB18030", "gb2312", "这里有四个字节的字：㐀㐁和𠀀，也有朱镕基的镕字。" },
    { "BIG5", "big5", "親愛的媽媽：我在監獄裡給妳寫信，我們在這裡已經三個月了。天氣很冷，可是我們不抱怨，因為工作很多，時間過得很快。請代我問候大家。" },
    { "EUC-KR", "euc-kr", "사랑하는 어머니께: 감옥에서 편지를 씁니다. 우리는 벌써 석 달째 여기에 있습니다. 날씨는 춥지만 일이 많고 시간이 빨리 가서 불평하지 않습니다." },
    { "CP949", "windows-949", "똠방각하와 펲시콜라, 그리고 햏햏 하는 사람들은 완성형에 없는 글자를 씁니다." },
    { "SHIFT_JIS", "shift_jis", "お母さんへ。刑務所から手紙を書いています。もう三か月になります。寒いですが、仕事が多くて時間が早く過ぎるので、不満は言いません。ﾃﾚﾋﾞもあります。" },
    { "EUC-JP", "euc-jp", "お母さんへ。刑務所から手紙を書いています。もう三か月になります。寒いですが、仕事が多くて時間が早く過ぎるので、不満は言いません。ﾃﾚﾋﾞもあります。" },
};

static void check_read(const void *bytes, size_t count, const char *wanted, const char *label)
{
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    assert_int_equal(pack_text(&packed, "a.txt", bytes, count), KITE_OK);
    dump_document(&packed, 0, &dump);
    if (!strstr((const char *)dump.bytes, wanted))
        fail_msg("%s: %s\n%s", label, (const char *)dump.bytes, packed.report);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static struct kite_buffer encoded_by_libc(const char *name, const char *text)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    char room[2000], *at = room, *in = (char *)(uintptr_t)text;
    size_t left = sizeof room, in_left = strlen(text);
    iconv_t to = iconv_open(name, "UTF-8");

    if (to == (iconv_t)-1)
        fail_msg("the C library has no %s", name);
    if (iconv(to, &in, &in_left, &at, &left) == (size_t)-1)
        fail_msg("%s lacks a character of: %s", name, in);
    iconv_close(to);
    assert_int_equal(kite_buffer_add(&out, room, sizeof room - left), KITE_OK);
    return out;
}

static void eastern_letters_are_read_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof eastern / sizeof *eastern; i++) {
        struct kite_buffer text = encoded_by_libc(eastern[i].name, eastern[i].text), page = { .mem = kite_memory_heap() };
        char head[200];

        if (i != 1 && i != 4) /* too short or too rare for a guess */
            check_read(text.bytes, text.count, eastern[i].text, eastern[i].name);
        snprintf(head, sizeof head, "<html><head><meta charset='%s'></head><body><p>", eastern[i].label);
        assert_int_equal(kite_buffer_add_text(&page, head), KITE_OK);
        assert_int_equal(kite_buffer_add(&page, text.bytes, text.count), KITE_OK);
        check_read(page.bytes, page.count, eastern[i].text, eastern[i].label);
        kite_buffer_close(&page);
        kite_buffer_close(&text);
    }
}

/* The sets that the C library has too, each pair of bytes: the same, but for signs that makers of programs have always read in two ways. */
static void tables_agree_with_the_c_library(void **state)
{
    static const struct {
        const char *name, *label;
        unsigned differ_most;
    } sets[] = { { "GB18030", "gb18030", 0 }, { "BIG5", "big5", 20 }, { "CP949", "euc-kr", 0 }, { "CP932", "shift_jis", 10 }, { "EUC-JP", "euc-jp", 20 } };

    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const struct kite_charset *charset = kite_charset_of(sets[i].label, strlen(sets[i].label));
        iconv_t from = iconv_open("UTF-8", sets[i].name);
        unsigned differ = 0, same = 0;

        assert_true(from != (iconv_t)-1);
        for (unsigned pair = 0x8140; pair < 0xff00; pair++) {
            uint8_t bytes[2] = { (uint8_t)(pair >> 8), (uint8_t)pair };
            char room[16] = "", *at = room, *in = (char *)bytes;
            size_t left = sizeof room, in_left = 2, used, theirs_used;
            uint32_t ours, theirs;

            if (iconv(from, &in, &in_left, &at, &left) == (size_t)-1 || in_left > 0) {
                iconv(from, NULL, NULL, NULL, NULL);
                continue;
            }
            theirs = kite_utf8_decode(room, sizeof room - left, &theirs_used);
            ours = kite_charset_take(charset, bytes, 2, &used);
            if (theirs_used < sizeof room - left || (theirs >= 0xe000 && theirs < 0xf900) || theirs > 0xffff) /* two, or for private use */
                continue;
            same += ours == theirs;
            differ += ours != theirs;
        }
        iconv_close(from);
        if (differ > sets[i].differ_most || same < 6000)
            fail_msg("%s: %u characters differ, %u do not", sets[i].name, differ, same);
    }
}

/* UTF-8 to a set of one byte to a character; false where the set lacks one. */
static bool encode(const char *text, const struct kite_charset *charset, struct kite_buffer *out)
{
    size_t bytes = strlen(text);

    for (size_t i = 0, used; i < bytes; i += used) {
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &used);
        unsigned byte = 0;

        while (c >= 0x80 && byte < 128 && charset->high[byte] != c)
            byte++;
        if (byte == 128)
            return false;
        assert_int_equal(kite_buffer_add_u8(out, (uint8_t)(c < 0x80 ? c : byte + 0x80)), KITE_OK);
    }
    return true;
}

static void letters_are_read_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        for (const char *at = letters[i].labels; *at;) {
            size_t bytes = strcspn(at, " ");
            const struct kite_charset *charset = kite_charset_of(at, bytes);
            struct kite_buffer text = { .mem = kite_memory_heap() };

            assert_non_null(charset);
            if (!encode(letters[i].text, charset, &text))
                fail_msg("%s lacks a character of: %s", charset->name, letters[i].text);
            check_read(text.bytes, text.count, letters[i].text, charset->name);
            kite_buffer_close(&text);
            at += bytes + (at[bytes] == ' ');
        }
    }
}

static void what_a_file_says_counts(void **state)
{
    struct packed packed;
    static const char html[] = "<html><head><meta http-equiv='Content-Type' content='text/html; charset=koi8-r'></head><body><p>\xF0\xD2\xC9\xD7\xC5\xD4</p></body></html>";
    static const char wrong[] = "<html><head><meta charset=\"iso-8859-1\"></head><body><p>Ni\xC3\xB1o</p></body></html>";
    static const char short_set[] = "<html><head><META CHARSET=windows-1250></head><body><p>\x9E\xE1" "ba</p></body></html>";
    static const char book[] = "<?xml version='1.0' encoding='windows-1251'?><FictionBook><description><title-info><book-title>\xCF\xF0</book-title></title-info></description>"
                               "<body><section><p>\xCF\xF0\xE8\xE2\xE5\xF2</p></section></body></FictionBook>";

    (void)state;
    check_read(html, sizeof html - 1, "Привет", "koi8-r");
    check_read(wrong, sizeof wrong - 1, "Niño", "UTF-8 that says otherwise");
    check_read(short_set, sizeof short_set - 1, "žába", "windows-1250");
    check_read(book, sizeof book - 1, "Привет", "FictionBook");
    assert_int_equal(pack_text(&packed, "a", html, sizeof html - 1), KITE_OK);
    assert_non_null(strstr(packed.report, "read as KOI8-U, as it says"));
    packed_close(&packed);
}

static void what_cannot_be_read_is_refused_in_words(void **state)
{
    static const char mail[] = "<html><head><meta charset=iso-2022-jp></head><body><p>\x1b$B$*\x1b(B</p></body></html>";
    static const char html[] = "<html><head><meta charset=x-user-defined></head><body><p>\xC4\xE3\xBA\xC3</p></body></html>";
    struct packed packed;

    (void)state;
    assert_int_equal(pack_text(&packed, "a", mail, sizeof mail - 1), KITE_E_UNSUPPORTED);
    assert_non_null(strstr(packed.fault.text, "ISO-2022), which is not read here; save it as UTF-8"));
    packed_close(&packed);
    assert_int_equal(pack_text(&packed, "a", html, sizeof html - 1), KITE_E_UNSUPPORTED);
    assert_non_null(strstr(packed.fault.text, "x-user-defined"));
    packed_close(&packed);
}

static void labels_are_found_wherever_they_are_cut(void **state)
{
    static const char text[] = " <?xml version=\"1.0\" encoding='utf-16'?><meta x><meta content=\"a;charset=cp1252\"><meta charset=";
    const char *label;
    size_t label_bytes;

    (void)state;
    for (size_t count = 0; count < sizeof text; count++) {
        char *cut = malloc(count + 1);

        memcpy(cut, text, count);
        kite_charset_declared((const uint8_t *)cut, count, &label, &label_bytes);
        free(cut);
    }
    assert_true(kite_charset_declared((const uint8_t *)text, sizeof text - 1, &label, &label_bytes));
    assert_int_equal(label_bytes, 6);
    assert_memory_equal(label, "utf-16", 6);
    assert_false(kite_charset_declared((const uint8_t *)"text charset=x;", 15, &label, &label_bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_read_as_written),
        cmocka_unit_test(eastern_letters_are_read_as_written),
        cmocka_unit_test(tables_agree_with_the_c_library),
        cmocka_unit_test(what_a_file_says_counts),
        cmocka_unit_test(what_cannot_be_read_is_refused_in_words),
        cmocka_unit_test(labels_are_found_wherever_they_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
